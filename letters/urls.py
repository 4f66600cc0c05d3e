"""URLs for supporters. Nothing personal is ever in one of them."""

from django.urls import include, path

from letters.bounces.webhooks import list_paths
from letters.views import (
    choosing,
    confirmation,
    correcting,
    details,
    easy,
    handover,
    health,
    journey,
    letter,
    metrics,
    printing,
    privacy,
    sending,
    words,
)

steps = [
    path("", journey.find_member, name="write-mp"),
    path("seats/", journey.choose_from_list, name="write-constituencies"),
    path("arguments/", journey.begin_letter, name="write-arguments"),
    path("words/", words.write_words, name="write-words"),
    path("device/", handover.offer_handover, name="write-handover"),
    path("details/", details.give_details, name="write-details"),
    path("easy/", easy.begin, name="easy"),
    path("easy/reason/", easy.choose_reason, name="easy-reason"),
    path("easy/words/", easy.write_own_words, name="easy-words"),
    path("easy/request/", easy.choose_ask, name="easy-ask"),
    path("easy/name/", details.ask_name, name="easy-name"),
    path("easy/address/", details.ask_address, name="easy-address"),
    path("easy/sending/", details.ask_channel, name="easy-sending"),
    path("check/", journey.check_letter, name="write-check"),
    path("letter.pdf", printing.download_letter, name="write-download"),
    path("text/", printing.show_text, name="write-text"),
    path("posting/", printing.show_posting, name="write-posting"),
    path("send/", sending.send_letter, name="write-send"),
    path("sent/", confirmation.show_sent, name="write-sent"),
    path("sent/resend/", confirmation.resend, name="write-resend"),
    path("sent/address/", confirmation.change_address, name="write-address"),
    path("finish/", printing.finish, name="write-finish"),
]

urlpatterns = [
    path("health/", health.show_health, name="health"),
    path("metrics", metrics.show_metrics, name="metrics"),  # as Prometheus asks
    path("mailbox/", include("letters.mailbox.urls")),
    path("anymail/", include(list_paths())),
    path("confirm/<str:token>/", letter.confirm_letter, name="confirm"),
    path("confirm/<str:token>/correct/", correcting.correct_details, name="confirm-correct"),
    path("confirm/<str:token>/choose/", choosing.choose_words, name="confirm-choose"),
    path("continue/<str:token>/", handover.take_over, name="continue"),
    path("letter/lost/", privacy.find_lost_links, name="lost-link"),
    path("letter/<str:token>/data.json", privacy.download_data, name="letter-data"),
    path("letter/<str:token>/", letter.show_letter, name="letter"),
    path("letter/<str:token>/letter.pdf", letter.download_own_letter, name="letter-pdf"),
    path("letter/<str:token>/text/", letter.show_own_text, name="letter-text"),
    path("letter/<str:token>/correct/", correcting.correct_details, name="letter-correct"),
    path("letter/<str:token>/choose/", choosing.choose_words, name="letter-choose"),
    path("letter/<str:token>/act/", letter.act_on_letter, name="letter-act"),
    path("<slug:slug>/write/", include(steps)),
]
