"""URLs of the demo's mailbox."""

from django.urls import path

from letters.mailbox import views

urlpatterns = [
    path("", views.list_mailbox, name="mailbox"),
    path("<str:key>/", views.show_mail, name="mailbox-mail"),
    path("<str:key>/<int:number>/<str:filename>", views.send_attachment, name="mailbox-attachment"),
]
