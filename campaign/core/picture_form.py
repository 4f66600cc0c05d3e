"""The form with which somebody uploads a picture in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaign.core.pictures import Picture, PictureError, make_picture

UPLOAD_HELP = _(
    "JPEG, PNG or WebP, at most 1.5 MB; your browser makes larger photos smaller before it sends them. What else the "
    "file holds, such as where the photo was taken, is not kept."
)


class UploadForm(forms.ModelForm):  # type: ignore[type-arg] # not generic at run time
    """A file, needed only for a new picture, and what is said about it."""

    picture_width: ClassVar[int]  # at most
    ratio: ClassVar[float]  # of width to height

    file = forms.FileField(
        label=_("Picture"),
        help_text=UPLOAD_HELP,
        widget=forms.FileInput(
            attrs={
                "accept": "image/jpeg,image/png,image/webp",
                "aria-describedby": "id_file_helptext",
                "data-shrink": "",
            }
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.instance.pk
        for name in set(self.fields) - {"file"}:
            self.fields[name].widget.attrs |= {"class": "vTextField", "aria-describedby": f"id_{name}_helptext"}

    def clean_file(self) -> Picture | None:
        file = self.cleaned_data["file"]
        if not file:
            return None
        try:
            return make_picture(file.read(), self.picture_width, self.ratio)
        except PictureError as error:
            raise ValidationError(str(error)) from error

    def save(self, commit: bool = True) -> Any:
        if made := self.cleaned_data["file"]:
            for name in ("content", "digest", "width", "height"):
                setattr(self.instance, name, getattr(made, name))
        return super().save(commit)
