"""How long a resource takes to be there, or to be gone, by the states and waiters of its service."""
import re

from identity import OF_OPERATION
from words import plain, singular

STARTING = re.compile(r"creating|creation[_-]?(pending|started)|pending|ordering|provisioning|in[_-]?progress|"
                      r"starting|initiali[sz](ing|ed)|initiat(ing|ed)|building|submitted|queued|requested|"
                      r"launching|deploying|activating|enabling|registering|importing|processing", re.I)
ENDING = re.compile(r"deleting|terminating|delet(e|ion)[_-]?(pending|requested|started|in[_-]?progress)|"
                    r"pending[_-]?(delet|terminat)|deprovisioning|shutting|deregistering|removing|revoking|draining|"
                    r"cancelled[_-]running", re.I)
# So a tie begins and ends; of what else is tied, it says nothing.
TYING = re.compile(r"associating|attaching|associate[_-]?in[_-]?progress", re.I)
UNTYING = re.compile(r"disassociat(ing|e[_-]?in[_-]?progress)|detaching", re.I)
TIES = re.compile(r"(association|attachment|peering)s?$")
STOPPING = re.compile(r"stopping|pausing|suspending|disabling|deactivating|shutting|cancell?ing|"
                      r"(stop|pause|suspend|disable|deactivate|cancel|cancellation)_?(pending|requested|in_?progress)|"
                      r"pending_?(stop|pause|cancel)", re.I)
RESUMING = re.compile(r"starting|resuming|enabling|activating|"
                      r"(start|resume|enable|activate|activation)_?(pending|requested|in_?progress)", re.I)
# That it is to change, or to end, says nothing of how it begins.
OF_CHANGE = re.compile(r"delet|terminat|updat|modif|remov|stop|cancel|suspen|disabl|isolat|next_run|"
                       r"dis(associat|connect)|detach|dereg|deprov|migrat|rotat|restor|failover|reboot", re.I)
# Work that runs to its end is not there before.
WORKING = re.compile(r"running|started|executing|copying|exporting", re.I)
WORKS = re.compile(r"(job|task|run|execution|export|analysis)$")
DONE = re.compile(r"succeeded|success|successful|completed?|finished|done", re.I)
OF_WORDS = re.compile(r"create_(pending|in_progress)|active|available|stable", re.I)
AFTER_DEFAULT = 600
AFTER_MAX = 3600
# How the state of the resource is told, where its name does not stand before it.
STATES = ("status", "state", "lifecycle", "lifecyclestate", "lifecyclestatus", "creationstatus", "deletionstatus",
          "configurationstate", "provisioningstatus", "currentstate", "currentstatus")
WORDS_OF_STATE = ("code", "statuscode", "state", "status", "name", "value")


def inner_state(service, member):
    """The member of a structure that has the word: status.statusCode. One with an action is about that."""
    named = {plain(each): each for each, inner in service.members(member["shape"]).items()
             if service.shape_of(inner)["type"] == "string"}
    if any(plain(each) == "action" for each in service.members(member["shape"])):
        return None
    return next((named[name] for name in WORDS_OF_STATE if name in named), None)


def state_path(service, members, nouns):
    """Where the state is told of what the structure is about: (member,) or (member, member of it)."""
    plainly, within = {}, {}
    for each, member in members.items():
        kind = service.shape_of(member)["type"]
        if kind == "string":
            plainly[plain(each)] = (each,)
        elif kind == "structure" and plain(each).endswith(("status", "state")):
            inner = inner_state(service, member)
            if inner:
                within[plain(each)] = (each, inner)
    own = [noun + end for noun in sorted(nouns, key=len) for end in
           ("status", "state", "processingstatus", "provisioningstatus", "creationstatus", "deletionstatus")]
    for name in (*own, *STATES):
        if name in plainly:
            return plainly[name]
    for name in (*own, *STATES):
        if name in within:
            return within[name]
    paths = {**within, **plainly}
    # A DataIngestionJob has a jobStatus, and an EndpointAccess an endpointStatus.
    ends = [name for name in sorted(paths) if (found := re.fullmatch(r"(\w+)(status|state)", name))
            and any(noun.endswith(found[1]) or noun.startswith(found[1]) for noun in nouns)]
    return paths[ends[0]] if len(ends) == 1 else None


# A service that lists no words tells them in what it says of the field.
SAID = re.compile(r"<code>\s*([\w -]+?)\s*</code>|\b([A-Z][A-Z]+(?:[_ ][A-Z]+)*|[a-z]+ing)\b")


def words_at(service, members, path):
    """All words of the state at the path: the listed ones, or those that its description names."""
    member = members[path[0]]
    for name in path[1:]:
        member = service.members(member["shape"])[name]
    shape = service.shape_of(member)
    if "enum" in shape:
        return shape["enum"]
    text = re.sub(r"<(?!/?code>)[^>]*>", " ", member.get("documentation", "") + " " + shape.get("documentation", ""))
    words = [(code or bare).replace(" ", "_") for code, bare in SAID.findall(text.replace("&gt;", " > "))]
    return [word for word in words if (STARTING.fullmatch(word) or ENDING.fullmatch(word) or OF_WORDS.fullmatch(word))]


def elements(service, output, nouns):
    """The members of what a list of the type holds."""
    for name, member in output.items():
        shape = service.shape_of(member)
        is_own = any(noun in plain(name) or plain(singular(name)) in noun for noun in nouns)
        if plain(name) in OF_OPERATION:
            continue
        if shape["type"] == "list" and (is_own or plain(name) == "items"):
            yield service.members(shape["member"]["shape"])


def about(service, output, nouns):
    """(names, members) of the structures about the resource: the only one, or of its name; and of those in
    them what has a part of its name: a VpcAttachment has an Attachment."""
    inner = {name: each for name, each in service.structures(output).items() if plain(name) not in OF_OPERATION}
    # An answer of several forms, and nothing else: each of them names the resource.
    is_any = len(inner) == len(output) and all(
        any(plain(each) == noun + "arn" for each in members for noun in nouns) for members in inner.values())
    for name, members in inner.items():
        if len(inner) > 1 and not is_any and plain(name) not in nouns and not any(noun.endswith(plain(name)) for noun in nouns):
            continue
        yield (name,), members
        for part, each in service.structures(members).items():
            if any(noun.endswith(plain(part)) for noun in nouns):
                yield (name, part), each


def of_type(service, operation, nouns):
    """What is told of one of the type: the answer, the structures in it, and the elements of lists."""
    output = service.output(operation)
    yield output
    yield from (members for _, members in about(service, output, nouns))
    yield from elements(service, output, nouns)


def words_of_state(service, operation_names, nouns):
    """All words of the state of the type, where an operation that tells of it says them."""
    for operation in operation_names:
        if operation not in service.operations:
            continue
        for members in of_type(service, operation, nouns):
            path = state_path(service, members, nouns)
            words = words_at(service, members, path) if path else []
            if words:
                return words
    return []


def answers_state(service, operation, nouns):
    """Where the answer tells the state of the resource; None where it does not."""
    output = service.output(operation)
    for outer, members in [((), output), *about(service, output, nouns)]:
        path = state_path(service, members, nouns)
        if path:
            return (*outer, *path)
    return None


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


def is_work(words, kind):
    is_called_so = any(WORKS.search(noun) for noun in kind.nouns)
    return any(DONE.fullmatch(word) for word in words) and (
        is_called_so or any(WORKING.fullmatch(word) for word in words))


def is_told_to_begin(words, kind):
    is_tie = any(TIES.search(noun) for noun in kind.nouns)
    return is_work(words, kind) or any(
        (STARTING.search(word) and not OF_CHANGE.search(word)) or
        (is_tie and TYING.match(word)) for word in words)


def is_told_to_end(words, kind):
    is_tie = any(TIES.search(noun) for noun in kind.nouns)
    return any(ENDING.search(word) or (is_tie and UNTYING.search(word)) for word in words)


def switches_after(words, is_stop):
    """Seconds that it takes to stop or to start again; 0 where the call itself does it."""
    on_the_way = STOPPING if is_stop else RESUMING
    return AFTER_DEFAULT if any(on_the_way.search(word) for word in words) else 0


def settles_after(service, kind, words, is_end, is_told):
    """Seconds; 0 where the call itself settles it. `is_told`: a state is told, in words that the service
    does not list; it would not be where there is but one."""
    waiter = seconds_of_waiter(service, kind.nouns, is_end)
    if words:
        is_slow = is_told_to_end(words, kind) if is_end else is_told_to_begin(words, kind)
    else:
        is_slow = is_told
    if is_slow or (waiter and not words):
        return waiter or AFTER_DEFAULT
    return 0
