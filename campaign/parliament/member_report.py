"""Describes in plain sentences what an import of members changes."""

from campaign.parliament.member_import import Plan, Snapshot
from campaign.parliament.models import Member


def describe_plan(plan: Plan) -> list[str]:
    new = {constituency.gss for constituency in plan.new_constituencies}
    sentences = []
    if new:
        with_member = sum(gss in plan.after for gss in new)
        sentences.append(f"New: {_count_constituencies(len(new))}, {with_member} of them with an MP.")
    sentences += [
        f"{before} is now called {constituency.name}{_in_welsh(constituency.name_cy)}."
        for before, constituency in plan.renamed
    ]
    touched = {constituency.gss for _before, constituency in plan.renamed}
    for gss in dict.fromkeys([*plan.in_file, *plan.before]):
        if gss in new:
            continue
        said = _describe_constituency(plan, plan.constituencies[gss].name, plan.before.get(gss), plan.after.get(gss))
        sentences += said
        if said:
            touched.add(gss)
    sentences += plan.kept
    unchanged = len([gss for gss in plan.in_file if gss not in touched and gss not in new])
    return [*sentences, f"Unchanged: {_count_constituencies(unchanged)}."]


def _describe_constituency(plan: Plan, constituency: str, before: Snapshot | None, member: Member | None) -> list[str]:
    if before and not member:
        return [f"{constituency} is now vacant: {before.names[0]} ({before.party}) is no longer its MP."]
    if not member:
        return []
    if before and before.member is member:
        return _describe_same(constituency, before, member)
    who = f"{member.name_display} ({member.party})"
    if place := plan.came_from.get(id(member)):
        who += f", until now the MP for {place}"
    elif all(member is not new for new in plan.new_members):
        who += ", who has been an MP before"
    if before:
        return [f"{constituency} has a new MP: {who}, after {before.names[0]} ({before.party})."]
    return [f"{constituency} is no longer vacant. Its MP is {who}."]


def _describe_same(constituency: str, before: Snapshot, member: Member) -> list[str]:
    name = member.name_display
    sentences = []
    names = (member.name_display, member.name_full_title, member.name_address_as)
    if names != before.names:
        old, now = (" / ".join(filter(None, each)) for each in (before.names, names))
        sentences.append(f"{constituency}: the MP's name is now given as {now} (before: {old}).")
    if member.party != before.party:
        sentences.append(f"{constituency}: {name} is now {member.party} (before: {before.party}).")
    if member.email != before.email:
        sentences.append(
            f"{constituency}: the address of {name} is now {member.email or 'unknown, post only'} "
            f"(before: {before.email or 'unknown'})."
        )
    return sentences


def _in_welsh(name_cy: str) -> str:
    return f" ({name_cy} in Welsh)" if name_cy else ""


def _count_constituencies(number: int) -> str:
    return "1 constituency" if number == 1 else f"{number} constituencies"
