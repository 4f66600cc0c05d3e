"""Imports constituencies and members: plans every change first, then writes them all at once."""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from campaign.parliament.address import fold_name
from campaign.parliament.member_file import ConstituencyRow, MemberFacts, MemberFileError
from campaign.parliament.models import Constituency, Member
from campaign.staff.destinations import Redirection, tell

_CONSTITUENCY_FIELDS = ["name", "name_cy", "nation", "search_name", "as_of", "vacant_as_of"]
_FACTS = ["parliament_id", "name_display", "name_full_title", "name_address_as", "party", "email"]
_MEMBER_FIELDS = ["constituency", "sitting", "search_name", "as_of", *_FACTS]


class DissolutionError(Exception):
    """More constituencies would fall vacant than happens without a dissolution."""


@dataclass(slots=True)
class Snapshot:
    """A sitting member before the import."""

    member: Member
    party: str
    email: str
    names: tuple[str, str, str]
    as_of: date


@dataclass(slots=True)
class Plan:
    """What an import would change; `member_report.describe_plan` says it in sentences."""

    constituencies: dict[str, Constituency]
    before: dict[str, Snapshot]
    after: dict[str, Member]
    came_from: dict[int, str] = field(
        default_factory=dict
    )  # id() of a member who moved → name of the previous constituency
    in_file: list[str] = field(default_factory=list)
    new_constituencies: list[Constituency] = field(default_factory=list)
    renamed: list[tuple[str, Constituency]] = field(default_factory=list)  # with the previous name
    changed_constituencies: dict[str, Constituency] = field(default_factory=dict)
    new_members: list[Member] = field(default_factory=list)
    changed_members: dict[int, Member] = field(default_factory=dict)
    confirmed: dict[date, list[int]] = field(default_factory=dict)  # keys of members of whom only as_of changed
    kept: list[str] = field(default_factory=list)  # sentences about newer facts that are kept
    followed: list[str] = field(default_factory=list)  # sentences about what other packages did in consequence

    def list_vacated(self) -> list[str]:
        return [gss for gss in self.before if gss not in self.after]

    def list_redirections(self) -> list[Redirection]:
        """Return the constituencies whose letters would go elsewhere. New ones have had no letters."""
        new = {constituency.gss for constituency in self.new_constituencies}
        places = [
            Redirection(
                f"constituency {self.constituencies[gss].name}",
                self.before[gss].email if gss in self.before else "",
                self.after[gss].email if gss in self.after else "",
            )
            for gss in dict.fromkeys([*self.before, *self.after])
            if gss not in new
        ]
        return [place for place in places if place.old != place.new]


@transaction.atomic
def import_members(
    rows: list[ConstituencyRow],
    name: str,
    *,
    known_constituencies: set[str] | None = None,
    dissolution: bool = False,
    dry_run: bool = False,
) -> Plan:
    """Write the rows of a file (`name` is for messages) to the database, all or nothing; return what changed.

    A constituency is new only if `known_constituencies` has its GSS code (None: any code will do). Older facts
    never replace newer ones. A member is the same person if the number in Parliament is the same or, where one side
    has none, if constituency and name are. Raises MemberFileError for constituencies nobody knows, and DissolutionError
    if more than a tenth of all constituencies would fall vacant and `dissolution` does not say that it is meant.
    """
    constituencies = {c.gss: c for c in Constituency.objects.select_for_update().prefetch_related("members")}
    planner = _Planner(constituencies)
    problems = [problem for row in rows if (problem := planner.plan_constituency(row, name, known_constituencies))]
    if problems:
        raise MemberFileError("\n".join(problems))
    for row in rows:
        planner.plan_member(row)
    plan = planner.plan
    vacated = len(plan.list_vacated())
    if vacated * 10 > len(constituencies) and not dissolution:
        raise DissolutionError(f"{vacated} of {len(constituencies)} constituencies would become vacant.")
    if not dry_run:
        _write_plan(plan)
        plan.followed = tell("manage.py import_members", plan.list_redirections())
    return plan


def _write_plan(plan: Plan) -> None:
    leaving = [before.member.pk for gss, before in plan.before.items() if plan.after.get(gss) is not before.member]
    Member.objects.filter(pk__in=leaving).update(sitting=False)  # first, since no constituency may have two
    Constituency.objects.bulk_create(plan.new_constituencies)
    Constituency.objects.bulk_update(plan.changed_constituencies.values(), _CONSTITUENCY_FIELDS, batch_size=100)
    Member.objects.bulk_update(plan.changed_members.values(), _MEMBER_FIELDS, batch_size=100)
    Member.objects.bulk_create(plan.new_members)
    for as_of, keys in plan.confirmed.items():
        Member.objects.filter(pk__in=keys).update(as_of=as_of)


class _Planner:
    """Applies the file in memory."""

    def __init__(self, constituencies: dict[str, Constituency]) -> None:
        self.people = {m.parliament_id: m for c in constituencies.values() for m in c.members.all() if m.parliament_id}
        self.by_constituency = {c.gss: list(c.members.all()) for c in constituencies.values()}
        self.known_as_of = {c.gss: c.member_known_as_of for c in constituencies.values()}
        sitting = {m.constituency_id: m for members in self.by_constituency.values() for m in members if m.sitting}
        before = {
            gss: Snapshot(m, m.party, m.email, (m.name_display, m.name_full_title, m.name_address_as), m.as_of)
            for gss, m in sitting.items()
        }
        self.plan = Plan(constituencies, before, sitting)

    def plan_constituency(self, row: ConstituencyRow, name: str, known_constituencies: set[str] | None) -> str | None:
        self.plan.in_file.append(row.gss)
        stored = self.plan.constituencies.get(row.gss)
        facts = row.constituency
        if not stored:
            if known_constituencies is not None and row.gss not in known_constituencies:
                return f"{name}, line {row.line}, column gss: {row.gss} is not a constituency that this site knows."
            if not facts:
                return (
                    f"{name}, line {row.line}, column gss: {row.gss} is not in the database yet, and the file names "
                    "only members. First run import_members without a file."
                )
            stored = Constituency(gss=row.gss, name=facts.name, name_cy=facts.name_cy, nation=facts.nation)
            stored.as_of = facts.as_of
            stored.fold_names()
            self.plan.constituencies[row.gss] = stored
            self.plan.new_constituencies.append(stored)
            return None
        if not facts or (facts.name, facts.name_cy, facts.nation, facts.as_of) == _get_facts(stored):
            return None
        if facts.as_of < stored.as_of:
            if (facts.name, facts.name_cy) != (stored.name, stored.name_cy):
                self.plan.kept.append(f"{stored.name} keeps its name, known as of {stored.as_of}: the file is older.")
            return None
        if (facts.name, facts.name_cy) != (stored.name, stored.name_cy):
            self.plan.renamed.append((stored.name, stored))
        stored.name, stored.name_cy, stored.nation, stored.as_of = facts.name, facts.name_cy, facts.nation, facts.as_of
        stored.fold_names()
        self.plan.changed_constituencies[row.gss] = stored
        return None

    def plan_member(self, row: ConstituencyRow) -> None:
        known = self.known_as_of.get(row.gss)
        person = self._find_person(row) if row.member else None
        if known and row.as_of < known:
            self._keep(row, person, known)
        elif row.member is None:
            self._record_vacancy(row.gss, row.as_of)
        elif person and person.sitting and person.constituency_id != row.gss and row.as_of < person.as_of:
            self.plan.kept.append(
                f"{person.name_display} stays the member for {self.plan.constituencies[person.constituency_id].name}, "
                f"known as of {person.as_of}: the file places them in {self.plan.constituencies[row.gss].name} "
                f"as of {row.as_of}."
            )
        else:
            self._place_member(row, row.member, person)

    def _find_person(self, row: ConstituencyRow) -> Member | None:
        facts = row.member
        if facts is None:
            return None
        if facts.parliament_id and (person := self.people.get(facts.parliament_id)):
            return person
        folded = fold_name(facts.name_display)
        namesakes = [
            person
            for person in self.by_constituency.get(row.gss, [])
            if person.search_name == folded and not (person.parliament_id and facts.parliament_id)
        ]
        return max(namesakes, key=lambda person: person.sitting, default=None)

    def _keep(self, row: ConstituencyRow, person: Member | None, known: date) -> None:
        current = self.plan.before.get(row.gss)
        same = current.member is person if current else row.member is None
        if same and (row.member is None or person is None or not _list_changes(person, row.member)):
            return
        who = current.member.name_display if current else "a vacancy"
        self.plan.kept.append(
            f"{self.plan.constituencies[row.gss].name} keeps what is known of {who} as of {known}: "
            f"the file says {row.as_of}."
        )

    def _record_vacancy(self, gss: str, as_of: date) -> None:
        if leaver := self.plan.after.pop(gss, None):
            self._mark_gone(leaver)
        self._set_vacant(gss, as_of)

    def _place_member(self, row: ConstituencyRow, facts: MemberFacts, person: Member | None) -> None:
        gss = row.gss
        current = self.plan.after.get(gss)
        if current and current is not person:
            self._mark_gone(current)
        self._set_vacant(gss, None)
        if person is None:
            person = Member(constituency_id=gss, email="")
            self.plan.new_members.append(person)
            changes = ["constituency"]
        else:
            changes = _list_changes(person, facts)
            if person.constituency_id != gss:
                self.plan.came_from[id(person)] = self.plan.constituencies[person.constituency_id].name
                if self.plan.after.get(person.constituency_id) is person:
                    del self.plan.after[person.constituency_id]
                    self._set_vacant(person.constituency_id, row.as_of)
                changes.append("constituency")
            if not person.sitting:
                changes.append("sitting")
        for column in _FACTS:
            value = getattr(facts, column)
            if value is not None:  # without a number, or a column of addresses, keep what is stored
                setattr(person, column, value)
        person.constituency_id, person.sitting = gss, True
        person.fold_names()
        self.plan.after[gss] = person
        if person.pk and changes:
            self.plan.changed_members[person.pk] = person
        elif person.pk and person.as_of != row.as_of:
            self.plan.confirmed.setdefault(row.as_of, []).append(person.pk)
        person.as_of = row.as_of

    def _mark_gone(self, member: Member) -> None:
        member.sitting = False

    def _set_vacant(self, gss: str, as_of: date | None) -> None:
        constituency = self.plan.constituencies[gss]
        if constituency.vacant_as_of != as_of:
            constituency.vacant_as_of = as_of
            if not constituency._state.adding:
                self.plan.changed_constituencies[gss] = constituency


def _get_facts(constituency: Constituency) -> tuple[str, str, str, date]:
    return (constituency.name, constituency.name_cy, constituency.nation, constituency.as_of)


def _list_changes(person: Member, facts: MemberFacts) -> list[str]:
    return [
        column
        for column in _FACTS
        if (value := getattr(facts, column)) is not None and value != getattr(person, column)
    ]
