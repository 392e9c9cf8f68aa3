"""What an operation does, and to which type. Each rule names the witness that it follows."""
import re

from identity import ASSOCIATES, Names, id_paths, is_of_account
from tagging import tag_effect
from types_of import DATA, Type
from words import (CREATES, DELETES, ONLY_USES, OPPOSITES, STARTS, USES, only_reads, plain, singular, split,
                   verb_and_noun)

JOINS = re.compile(r"(?<=[a-z0-9])(To|From|With|For|In|On|Of|By|As)(?=[A-Z])")
TO_SECOND = {"Add", "Attach", "Associate", "Disassociate", "Detach", "Remove", "Put", "Register",
             "Deregister", "Subscribe", "Unsubscribe", "Assign", "Unassign", "Batch", "Admin", "Move"}


# A link for one use leaves what it leads to as it is.
LINKS = re.compile(r"(Url|URL)s?$")
# How a call makes something, and not what.
MANNER = re.compile(r"((With|From)[A-Z]\w*|V\d+)$")
# What is put there all day is no setting.
MEASURES = re.compile(r"(Records?|Items?|Events?|Messages?|Data|Traces?|Segments?|Telemetry|Heartbeat|"
                      r"Values?|Points?|Logs|Metrics)$")
# They make what is not there, and set the properties of what is.
UPSERTS = {"Put", "Upsert"}
SETS = {"Configure", "Set", "Associate", "Disassociate"}
MAKES = {"Activate", "Enable", "Install", "Deploy", "Generate", "Initialize"}
# They switch a resource off, and on again.
STOPS = {"Stop", "End", "Pause", "Suspend", "Disable", "Deactivate", "Shutdown", "Cancel"}
RESUMES = {"Start": ("Stop", "Shutdown"), "Resume": ("Pause", "Suspend", "Stop"), "Enable": ("Disable",),
           "Activate": ("Deactivate",), "Unsuspend": ("Suspend",)}
# What opens a door for a while, and is no resource where nothing ends it by name.
PASSES = re.compile(r"(Session|Token|Credential|Claim|Shell|LinkCode|Preview)s?$")
OPENS = {"Create", "Generate", "Start", "Stop", "End"}
# What an index or a knowledge base holds is data.
CONTENT = re.compile(r"(?<!Policy)(?<!Identity)Documents?$")
# Pieces of what is being uploaded.
PIECES = re.compile(r"((Layer|Multipart)(Upload|Part)|UploadPart\w*)$")
# What names something, or is said to somebody. Every call names the account, and may bear a token.
NAMING = re.compile(r"(Id|Arn|Identifier|Name|Key|Token|Url|Cidr|Address|PhoneNumber|Handle|Text|Blob|Code|"
                    r"Query|Message|Bucket|Resource|Ip)$", re.I)
NAMES_NOTHING = re.compile(r"(Aws)?AccountId|(Client|ClientRequest|Idempotency|Next|Request)(Token|Id)|"
                           r"Kms\w*", re.I)
# Services by which others' resources are used: what they do to no resource of their own is no change.
DATA_PLANES = re.compile(r"(?!ds-data)([\w-]+-(data|runtime)|\w+runtime|connectparticipant|ebs|meteringmarketplace|"
                         r"personalize-events)")
# What a worker or a person says of work that was given to them.
ANSWERS = re.compile(r"(Job\w*Result|Feedback|Evaluations|Interactions)$")
# They leave also a whole resource as it is.
TRIES = {"Invoke", "Test"}
CHANGES = {"Put", "Authorize", "Accept", "Subscribe"}


def names_one(member):
    """Whether a member tells which resource it is, or what is said to somebody."""
    return bool(NAMING.search(member)) and not NAMES_NOTHING.fullmatch(member)


class Decision:
    def __init__(self, does, kind=None, source="verb", sure="low", differs=None):
        self.does = does
        self.kind = kind
        self.source = source
        self.sure = sure
        self.differs = differs

    @property
    def makes(self):
        return self.does in ("create", "put")


class Decider:
    """For the operations of one service. `types`: by name; `actions`: of IAM, by lower-case name."""

    def __init__(self, service, types, actions, namespace):
        self.service = service
        self.types = types
        self.actions = actions
        self.by_noun = {}  # Each noun's types, the likeliest first.
        self.by_key = {}
        for kind in types:  # Its own name comes before what others are called.
            self.by_noun.setdefault(plain(kind.name.rsplit("::", 1)[1]), []).append(kind)
        for kind in types:
            for noun in sorted(kind.nouns):
                self.by_noun.setdefault(noun, []).append(kind)
            for key in kind.iam_keys:
                self.by_key.setdefault(key, kind)
        self.settings = Type(f"AWS::{namespace}::AccountSettings")
        self.settings.identifier = ["AccountId"]
        self.created = {plain(verb_and_noun(each)[1]) for each in service.operations
                        if verb_and_noun(each)[0] == "Create"}

    def action(self, operation):
        return self.actions.get(operation.lower())

    def iam_types(self, operation):
        """(those that the action cannot do without, all of them)."""
        action = self.action(operation)
        listed = action["resourceTypes"] if action else []
        of = [(self.by_key[each["name"].lower()], each["required"]) for each in listed
              if each["name"].lower() in self.by_key]
        return [kind for kind, required in of if required], [kind for kind, _ in of]

    def whole_of(self, kind, listed=()):
        """A type without an ARN of its own, which no call creates, is a part of what names it."""
        own = plain(kind.name.rsplit("::", 1)[1])
        is_made = own in self.created or (len(kind.identifier) > 1 and kind.nouns & self.created)
        if kind.arn or not kind.is_of_cfn or is_made:
            return kind
        parts = {plain(each) for each in kind.identifier}
        others = [other for other in (listed or self.types) if other is not kind and other.arn]
        for other in others:
            variables = [plain(each) for each in other.variables()]
            names = {noun + end for noun in other.nouns for end in ("", "id", "name", "arn")}
            if len(variables) == 1 and parts & (set(variables) | names):
                return other
        others.sort(key=lambda other: (not any(own.endswith(noun) for noun in other.nouns),
                                       not any(own.startswith(noun) for noun in other.nouns)))
        return others[0] if listed and others else kind

    def exact(self, noun, listed=()):
        kinds = self.by_noun.get(plain(noun)) or self.by_noun.get(plain(singular(noun))) or [None]
        return next((kind for kind in kinds if kind in listed), kinds[0])

    def ending(self, noun, operation):
        """The resource of the action whose name ends so: a Trial is an experiment-trial."""
        kinds = [kind for kind in self.iam_types(operation)[1]
                 if any(each.endswith(plain(noun)) and len(noun) > 3 for each in kind.nouns)]
        return kinds[0] if len(kinds) == 1 else None

    def by_part(self, verb, noun):
        """The type whose name the noun begins with, or that it is added to."""
        pieces = [each for each in JOINS.split(noun) if each not in
                  ("To", "From", "With", "For", "In", "On", "Of", "By", "As")]
        if len(pieces) > 1 and verb in TO_SECOND:
            pieces.reverse()
        for piece in pieces:
            words = split(piece)
            for count in range(len(words), 0, -1):
                kind = self.exact("".join(words[:count]))
                if kind:
                    return kind, piece
            for start in range(1, len(words)):
                kind = self.exact("".join(words[start:]))
                if kind:
                    return kind, piece
        return None, ""

    def by_input(self, operation):
        """The type that a required member names."""
        for name in self.service.required(operation):
            stem = re.sub(r"(Arn|ARN|Id|Identifier|Name|Url)$", "", name)
            if stem and stem != name and self.exact(stem):
                return self.exact(stem)
        return None

    def decide(self, operation):
        action = self.action(operation)
        level = action["accessLevel"] if action else ""
        verb, noun = verb_and_noun(operation)
        if verb in ("Batch", "Bulk", "Admin") and len(split(noun)) > 1:
            verb, noun = verb_and_noun(noun)
        elif verb == "Batch":
            verb, noun = noun, ""
        if tag_effect(operation):
            return self.decide_tag(operation)
        if only_reads(operation):
            return None
        if level in ("Read", "List"):
            return Decision("ignore", source="iam", sure="high")
        if plain(noun) in DATA or plain(singular(noun)) in DATA or verb == "Create" and LINKS.search(noun):
            return Decision("ignore", source="verb", sure="fair")
        is_content = CONTENT.search(noun) and self.exact(noun) is None
        if is_content or PIECES.search(noun) or self.is_pass(verb, noun):
            return Decision("ignore", source="verb", sure="fair")
        if verb == "Purchase" and noun.endswith(("Offering", "Offerings")):
            return self.decide_purchase(noun)
        tie = self.tie(operation, verb, noun)
        if tie:
            return tie
        kind = self.exact(noun, self.iam_types(operation)[1]) or self.ending(noun, operation)
        if kind and operation.startswith(ASSOCIATES):
            return self.decide_association(operation, verb, noun, kind)
        if kind:
            return self.decide_exact(operation, verb, noun, kind)
        return self.decide_part(operation, verb, noun)

    def decide_purchase(self, noun):
        """Of an offering, what is bought is a reservation."""
        bought = re.sub(r"Offerings?$", "", noun)
        kind = self.exact(bought or "Reservation") or self.exact(singular(bought))
        return Decision("create", kind, "verb", "fair") if kind else None

    def is_pass(self, verb, noun):
        """Whether it lets somebody in for a while, or out again: StartBrowserSession."""
        return verb in OPENS and bool(PASSES.search(noun)) and self.exact(noun) is None and not any(
            end + noun in self.service.operations for end in DELETES)

    def decide_tag(self, operation):
        required, every = self.iam_types(operation)
        kinds = {each.name: each for each in every}
        noun = re.sub(r"^(Tag|Untag|AddTagsTo|RemoveTagsFrom|AddTags|RemoveTags|DeleteTags|CreateTags)",
                      "", operation)
        kind = self.exact(noun) if noun not in ("", "Resource", "Resources") else None
        if kind is None and len(kinds) == 1:
            kind = next(iter(kinds.values()))
        names_arn = any(plain(each) in ("arn", "resourcearn") for each in self.service.required(operation))
        if kind is None and len(self.types) == 1 and not names_arn:
            kind = next(iter(self.types))
        return Decision("tag", kind, "tag", "high" if kind else "fair")

    def tie(self, operation, verb, noun):
        """What two opposite calls make and end is a resource, if it has an id of its own that both of
        them tell: AssociateRepository makes a RepositoryAssociation."""
        make, end = next(((make + noun, end + noun) for make, end in OPPOSITES.items()
                          if verb in (make, end)), (None, None))
        operations = self.service.operations
        if make not in operations or end not in operations:
            return None
        for kind in self.types:
            own = plain(kind.name.rsplit("::", 1)[1])
            by_cfn = make in kind.handlers.get("create", ()) and end in kind.handlers.get("delete", ())
            is_named = (plain(make).startswith("associate") and
                        own in (plain(noun) + "association", plain(singular(noun)) + "association"))
            others = [each for each in kind.handlers.get("create", ()) if each != make and
                      each in operations and verb_and_noun(each)[0] in CREATES and not tag_effect(each)]
            if not (by_cfn or is_named) or own in self.created or others or is_of_account(kind):
                continue
            if not self.is_told_by_both(make, end, kind):
                continue
            return Decision("create" if operation == make else "delete", kind, "cfn" if by_cfn else "verb",
                            "high" if by_cfn else "fair")
        return None

    def is_told_by_both(self, make, end, kind):
        """Whether the answer of the one tells which one it is, by the same name as the other."""
        own = plain(kind.name.rsplit("::", 1)[1])
        has_id = len(kind.identifier) == 1 and plain(kind.identifier[0]) in ("id", "arn", own + "id", own + "arn")
        if not kind.arn and not has_id:
            return False
        names = Names(self.service, kind)
        made, ended = ({plain(path.rsplit(".", 1)[-1]) for path in id_paths(
            self.service, each, kind, names, each == make) if not path.startswith("requestParameters") or
            each == end} for each in (make, end))
        return bool(made and ended) and bool(made & (ended | {"arn", "id"}) or not kind.variables())

    def asks_for(self, operation, kind):
        """Whether the call cannot do without naming one of the type, by its own name."""
        ends = ("", "id", "name", "arn", "identifier")
        wanted = {noun + end for noun in kind.nouns for end in ends}
        return any(plain(each) in wanted for each in self.service.required(operation))

    def decide_association(self, operation, verb, noun, kind):
        """What is associated with another resource is a property of that one, which both calls name."""
        other = next((each for each in (("Dis" + operation[0].lower() + operation[1:]),
                                        operation[3:4].upper() + operation[4:])
                      if each != operation and each in self.service.operations), operation)
        every = self.iam_types(operation)[1] + self.iam_types(other)[1]
        around = {plain(each) for each in kind.variables()[:-1]}
        asked = [each for each in every if self.asks_for(operation, each) and self.asks_for(other, each)]
        for each in asked:
            around |= {plain(name) for name in each.variables()[:-1]}
        for each in asked:
            is_around = any(noun + end in around for noun in each.nouns for end in ("id", "name", ""))
            if each is not kind and not is_around and operation not in kind.handlers.get("update", ()):
                return Decision("configure", self.whole_of(each), "iam", "high")
        if not self.asks_for(operation, kind) and any(
                plain(each) in ("arn", "resourcearn") for each in self.service.required(operation)):
            return Decision("configure", None, "iam", "fair")
        return self.decide_exact(operation, verb, noun, kind)

    def resumes(self, operation, verb, noun):
        """Whether it needs no more than the call that stops the same."""
        for stop in RESUMES.get(verb, ()):
            other = stop + noun
            if other in self.service.operations and self.service.needs(operation) and (
                    self.service.needs(operation) == self.service.needs(other)):
                return True
        return False

    def is_ended_by(self, operation, kind, noun):
        """Whether CloudFormation ends it so, as no call has a plainer name for it: CancelMembership."""
        operations = self.service.operations
        return operation in kind.handlers.get("delete", ()) and not any(
            end + noun in operations for end in DELETES)

    def decide_exact(self, operation, verb, noun, kind):
        required, every = self.iam_types(operation)
        whole = self.whole_of(kind, every)
        if whole is not kind:
            agrees = not every or whole in every
            return Decision("configure", whole, "part", "high" if agrees else "fair")
        if verb in TRIES:
            return Decision("ignore", source="verb", sure="fair")
        does = "configure"
        ends = [end + noun for end in DELETES if end + noun in self.service.operations]
        is_back = verb == "Restore" and any(self.service.needs(each) == self.service.needs(operation)
                                            for each in ends)
        if verb in DELETES or verb == "Cancel" and self.is_ended_by(operation, kind, noun):
            does = "delete"
        elif is_back or self.resumes(operation, verb, noun):
            does = "state"
        elif (verb in CREATES and not is_back) or (verb in STARTS and plain(noun) not in self.created):
            is_put = verb in ("Put", "Add", "Publish", "Subscribe", "Open", "Upload", "Build")
            in_create = operation in kind.handlers.get("create", ())
            does = "configure" if is_put and plain(noun) in self.created and not in_create else "create"
            if does == "create" and verb in UPSERTS:
                does = "put"
        elif verb in MAKES and self.is_made_by(verb, noun):
            does = "create"
        elif is_of_account(kind):  # A setting.
            does = "configure"
        elif verb in ("Enable", "Disable") and plain(noun) not in self.created and any(
                operation in kind.handlers.get(handler, ()) for handler in ("create", "delete")):
            does = "create" if verb == "Enable" else "delete"
        elif verb in STOPS or any(stop + noun in self.service.operations for stop in RESUMES.get(verb, ())):
            does = "state"
        handlers = {"create": "create", "put": "create", "delete": "delete"}.get(does, "update")
        by_cfn = operation in kind.handlers.get(handlers, ())
        differs = None
        if does not in ("create", "put") and every and kind not in every:
            differs = "iam " + every[0].name
        sure = "high" if by_cfn or kind in every or does in ("create", "put") else "fair"
        return Decision(does, kind, "cfn" if by_cfn else "iam" if kind in every else "verb", sure, differs)

    def decide_part(self, operation, verb, noun):
        decision = self.decide_resource(operation, verb, noun)
        uses = DATA_PLANES.fullmatch(self.service.folder) and (decision is None or decision.does == "configure")
        if uses or decision is None and (ANSWERS.search(noun) or self.stops_what_is_ignored(verb, noun)):
            return Decision("ignore", source="verb", sure="fair")
        return decision

    def stops_what_is_ignored(self, verb, noun):
        begins = [begin + noun for begin in ("Start", "Send", "Create") if verb in STOPS]
        made = [self.decide(each) for each in begins if each in self.service.operations]
        return any(each is not None and each.does == "ignore" for each in made)

    def decide_resource(self, operation, verb, noun):
        if not noun and verb not in ONLY_USES:  # BatchStop: what it is about is in its lists.
            of_lists = self.decide_lists(operation, verb)
            if of_lists or self.ids_in_lists(operation):
                return of_lists
        if verb in ONLY_USES:
            return Decision("ignore", source="verb", sure="fair")
        made = self.made_in_a_manner(operation, verb, noun)
        if made:
            by_cfn = operation in made.handlers.get("create", ())
            return Decision("create", made, "cfn" if by_cfn else "part", "high" if by_cfn else "fair")
        if verb in DELETES and "Create" + noun in self.service.operations:
            made = self.decide("Create" + noun)
            if made and made.does == "create" and id_paths(
                    self.service, operation, made.kind, Names(self.service, made.kind)):
                return Decision("delete", made.kind, "verb", "fair")
        required, every = self.iam_types(operation)
        kind, piece = self.by_part(verb, noun)
        kind = self.whole_of(kind, every) if kind else None
        if kind and (not every or kind in every):
            does = "configure"
            if verb in ("Restore", "Copy", "Clone", "Import") and self.exact(piece) is kind:
                does = "create"
            if verb in STARTS and piece and self.exact(piece) is None:
                does = "configure"
            return Decision(does, kind, "part", "high" if every else "fair")
        switched = self.switched(operation, verb)
        if switched:
            return switched
        if MEASURES.search(noun) and verb not in SETS:
            return Decision("ignore", source="verb", sure="fair")
        if verb == "Start" and len(every) == 1 and self.asks_for(operation, every[0]) and not (
                re.match("Query|Conversation|.*Preview$", noun)):
            return Decision("configure", self.whole_of(every[0]), "iam", "fair")
        if verb == "Start" and noun.startswith("Query") or verb in USES - CHANGES and not (verb == "Start" and (kind or self.is_switch(noun))):
            return Decision("ignore", source="verb", sure="fair")
        if required or len({each.name for each in every}) == 1:
            best = self.first_named(operation, required or every)
            return Decision("configure", self.whole_of(best), "iam", "fair",
                            f"name {kind.name}" if kind else None)
        if kind:
            return Decision("configure", kind, "part", "low", "iam " + every[0].name if every else None)
        named = self.by_input(operation)
        if named:
            return Decision("configure", self.whole_of(named), "verb", "low")
        if every:
            return Decision("configure", self.whole_of(self.first_named(operation, every)), "iam", "low")
        if not any(names_one(each) for each in self.service.required(operation)):
            kind = self.by_choice(operation) or self.settings_of_account(operation, verb, noun)
            return Decision("configure", kind, "verb", "low") if kind else None
        if any(plain(each) in ("arn", "resourcearn") for each in self.service.required(operation)):
            return Decision("configure", None, "verb", "low")  # Whatever the ARN names: PutResourcePolicy.
        return None

    def settings_of_account(self, operation, verb, noun):
        """The account's, where nothing that the call may be told names anything else: UpdateEnrollmentStatus.
        What it makes is none of them, and what it sends to somebody neither."""
        if not self.service.required(operation):
            return self.settings
        members = self.service.input(operation)
        named = any(names_one(name) for name, each in members.items() if self.service.is_scalar(each))
        return None if named or verb == "Create" or noun.startswith("Provisioned") else self.settings

    def switched(self, operation, verb):
        """What an account has one of, and CloudFormation makes and ends by a switch alone: EnableMacie."""
        handler = {"Enable": "create", "Disable": "delete"}.get(verb)
        for kind in self.types if handler else ():
            made = [each for each in kind.handlers.get("create", ()) if each in self.service.operations]
            if is_of_account(kind) and operation in kind.handlers.get(handler, ()) and not any(
                    verb_and_noun(each)[0] in CREATES for each in made):
                return Decision(handler, kind, "cfn", "high")
        return None

    def by_choice(self, operation):
        """The only type that a member names which may be left out, as there are several: StreamName, StreamARN."""
        kinds = [self.exact(re.sub(r"(Arn|ARN|Id|Identifier|Name)$", "", name))
                 for name, member in self.service.input(operation).items()
                 if self.service.is_scalar(member) and re.search(r"(Arn|ARN|Id|Identifier|Name)$", name)]
        found = list(dict.fromkeys(kind for kind in kinds if kind))
        return found[0] if len(found) == 1 and kinds.count(found[0]) > 1 else None

    def decide_lists(self, operation, verb):
        """By the first list of ids of a type: channelIds are those of channels."""
        for name in self.ids_in_lists(operation):
            kind = self.exact(re.sub(r"(Arn|Id|Name)s$", "", name))
            if kind:
                does = "delete" if verb in DELETES else "state" if verb in STOPS or verb in RESUMES else "configure"
                return Decision(does, kind, "verb", "fair")
        return None

    def ids_in_lists(self, operation):
        return [name for name in self.service.input(operation)
                if re.search(r"(Arn|Id|Name)s$", name) and plain(name) != "accountids"]

    def made_in_a_manner(self, operation, verb, noun):
        """The type of which one is made under a longer name: DefaultVpc, UpdatedImage, AutoMLJobV2."""
        if verb not in ("Create", "Import") or JOINS.search(MANNER.sub("", noun)):
            return None
        bare = MANNER.sub("", noun)
        words = split(bare)
        for start in range(0 if bare != noun else 1, len(words)):
            kind = self.exact("".join(words[start:]))
            if kind is None or self.whole_of(kind) is not kind:
                continue
            paths = id_paths(self.service, operation, kind, Names(self.service, kind), True, False)
            last = re.sub(r"(arn|identifier|id|name)$", "", plain(paths[0].rsplit(".", 1)[-1])) if paths else ""
            is_answered = bool(paths) and "responseElements." in paths[0] and plain(singular(bare)).endswith(last)
            is_asked = bool(paths) and start == 0
            if is_answered or is_asked or operation in kind.handlers.get("create", ()):
                return kind
        return None

    def is_made_by(self, verb, noun):
        """What is deleted, and that nothing else makes: ActivateGateway."""
        operations = self.service.operations
        is_switch = verb == "Enable" and "Disable" + noun in operations
        return not is_switch and any(end + noun in operations for end in DELETES) and not any(
            other + noun in operations for other in CREATES | MAKES - {verb})

    def is_switch(self, noun):
        """What is started and stopped, and is nothing by itself: StartLogging."""
        operations = self.service.operations
        tellers = [verb + noun for verb in ("Get", "Describe", "List", "BatchGet")]
        return "Stop" + noun in operations and not any(each in operations for each in tellers)

    def first_named(self, operation, kinds):
        """The first that the request or response names; else the first."""
        for kind in kinds:
            if id_paths(self.service, operation, kind, Names(self.service, kind), is_only=False):
                return kind
        return kinds[0]
