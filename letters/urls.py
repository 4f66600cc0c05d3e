"""Paths of the supporter's journey."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
