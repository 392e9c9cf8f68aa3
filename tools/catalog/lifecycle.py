"""How long a resource takes to be there, or to be gone, by the states and waiters of its service."""
import re

from words import plain

STARTING = re.compile(r"creating|pending|provisioning|in_?progress|starting|initiali[sz]ing|building|"
                      r"submitted|queued|requested|launching|deploying", re.I)
ENDING = re.compile(r"deleting|terminating|delete_?(pending|in_?progress)|deprovisioning|shutting", re.I)
STOPPING = re.compile(r"stopping|pausing|suspending|disabling|deactivating|shutting|cancell?ing|"
                      r"(stop|pause|suspend|disable|deactivate|cancel|cancellation)_?(pending|requested|in_?progress)|"
                      r"pending_?(stop|pause|cancel)", re.I)
RESUMING = re.compile(r"starting|resuming|enabling|activating|"
                      r"(start|resume|enable|activate|activation)_?(pending|requested|in_?progress)", re.I)
AFTER_DEFAULT = 600
AFTER_MAX = 3600


def state_member(service, members, noun):
    """The member that tells the state of what the structure is about."""
    named = {plain(each): each for each in members if service.shape_of(members[each])["type"] == "string"}
    for name in (f"{noun}status", f"{noun}state", "status", "state", "lifecyclestate", "lifecyclestatus"):
        if name in named:
            return named[name]
    # A DataIngestionJob has a jobStatus.
    ends = [name for name in sorted(named) if (found := re.fullmatch(r"(\w+)(status|state)", name))
            and noun.endswith(found[1])]
    return named[ends[0]] if len(ends) == 1 else None


def elements(service, output, noun):
    """The members of what a list of the type holds."""
    for name, member in output.items():
        shape = service.shape_of(member)
        if shape["type"] == "list" and noun in plain(name):
            yield service.members(shape["member"]["shape"])


def words_of_state(service, operation_names, noun):
    """All words of the state of the type, where an operation that tells of it says them."""
    for operation in operation_names:
        if operation not in service.operations:
            continue
        output = service.output(operation)
        for members in [output, *service.structures(output).values(), *elements(service, output, noun)]:
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


def switches_after(words, is_stop):
    """Seconds that it takes to stop or to start again; 0 where the call itself does it."""
    on_the_way = STOPPING if is_stop else RESUMING
    return AFTER_DEFAULT if any(on_the_way.search(word) for word in words) else 0


def settles_after(service, kind, noun, words, is_end):
    """Seconds; 0 where the call itself settles it."""
    waiter = seconds_of_waiter(service, kind.nouns, is_end)
    is_slow = any((ENDING if is_end else STARTING).search(word) for word in words)
    if is_slow or (waiter and not words):
        return waiter or AFTER_DEFAULT
    return 0
