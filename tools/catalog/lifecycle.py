"""How long a resource takes to be there, or to be gone, by the states and waiters of its service."""
import re

from words import plain

STARTING = re.compile(r"creating|pending|provisioning|in_?progress|starting|initiali[sz]ing|building|"
                      r"submitted|queued|requested|launching|deploying", re.I)
ENDING = re.compile(r"deleting|terminating|delete_?(pending|in_?progress)|deprovisioning|shutting", re.I)
AFTER_DEFAULT = 600
AFTER_MAX = 3600


def state_member(service, members, noun):
    """The member that tells the state of what the structure is about."""
    named = {plain(each): each for each in members if service.shape_of(members[each])["type"] == "string"}
    for name in (f"{noun}status", f"{noun}state", "status", "state", "lifecyclestate", "lifecyclestatus"):
        if name in named:
            return named[name]
    return None


def words_of_state(service, operation_names, noun):
    """All words of the state of the type, where an operation that tells of it says them."""
    for operation in operation_names:
        if operation not in service.operations:
            continue
        output = service.output(operation)
        for members in [output, *service.structures(output).values()]:
            name = state_member(service, members, noun)
            if name:
                words = service.shape_of(members[name]).get("enum", [])
                if words:
                    return words
    return []


def seconds_of_waiter(service, nouns, is_end):
    """By the waiter of the type; None where there is none."""
    ends = ("deleted", "terminated")
    for name, waiter in sorted(service.model["waiters"].items()):
        about = plain(name)
        if about.endswith("exists"):  # That it can be seen everywhere is no state of it.
            continue
        if not any(about.startswith(noun) for noun in nouns):
            continue
        if about.endswith(ends) == is_end:
            return min(max(waiter["delay"] * waiter["maxAttempts"], 60), AFTER_MAX)
    return None


def settles_after(service, kind, noun, words, is_end):
    """Seconds; 0 where the call itself settles it."""
    waiter = seconds_of_waiter(service, kind.nouns, is_end)
    is_slow = any((ENDING if is_end else STARTING).search(word) for word in words)
    if is_slow or (waiter and not words):
        return waiter or AFTER_DEFAULT
    return 0
