"""The rows of one service: what each operation does, to what, and where it names it."""
import re

from decide import STOPS, Decider, Decision
from further import further_paths
from identity import OF_OPERATION, Names, id_paths, in_request, list_path
from lifecycle import (AFTER_DEFAULT, WORKS, answers_state, of_type, settles_after, state_path,
                       switches_after, words_of_state)
from tagging import tag_effect, tags_of
from types_of import Type
from words import inner_verb, only_reads, plain, singular

ARN_FIELDS = ("resourcearn", "arn", "resourcename", "resourceid", "resource", "resourceidentifier",
              "taggableresourcearn", "entityarn")


def names_one(member, kind):
    """Whether a field names one of the type, and not only what it is a part of."""
    stem = re.sub(r"(name|id|arn|identifier)$", "", plain(member))
    return any(noun == stem or noun.endswith(stem) or (stem and stem.endswith(noun))
               for noun in kind.nouns)


OPERATION = "operation(id|identifier|arn)"  # It is told apart from what it makes: it goes on.
TELLS = r"^(Get|Describe|Create|List)"
# ARNs that a call only uses.
NOT_CHANGED = ("iam", "source", "destination", "role", "infrastructure", "kms")
LISTS = ("resourcearns", "resourcearnlist", "resourceids", "resources", "arns", "configurationids")


def is_arn(way):
    return any(plain(path).endswith("arn") for path in re.findall(r"[\w.-]+", way))


def fields_of(way, kind):
    """Which fields name one, without the type's own name: "portalId" and "portal.id" are one."""
    fields = [plain(path.rsplit(".", 1)[-1]) for path in re.findall(r"\w+\.[\w.-]+", way)]
    for noun in sorted(kind.nouns, key=len, reverse=True):
        fields = [field.removeprefix(noun) or field for field in fields]
    return tuple("id" if field == "identifier" else field for field in fields)


def name_by_one_form(rows, kind):
    """No rule makes an ARN of the type and what calls tell one: where its end names it by less than an
    ARN, what tells that, too, is not named by its ARN."""
    wanted = {fields_of(way, kind) for row in rows if row["does"] == "delete" and not any(map(is_arn, row["id"]))
              for way in row["id"]}
    for row in rows:
        plainer = [way for way in row["id"] if not is_arn(way)]
        if any(fields_of(way, kind) in wanted for way in plainer):
            row["id"] = plainer


class Rows:
    def __init__(self, service, types, actions, namespace, decided):
        self.service = service
        self.decider = Decider(service, types, actions, namespace)
        self.decided = decided
        self.by_name = {each.name: each for each in types}
        self.names = {}
        self.by_hand = {}

    def name_by_calls(self, by_hand):
        """Types whose end names them by less than their ARN are known by that alone."""
        self.by_hand = by_hand
        for is_last_try in (False, True):
            for operation in self.service.operations:
                decision = self.decider.decide(operation)
                if decision is None or decision.does != "delete" or decision.kind.name in by_hand:
                    continue
                if not operation.startswith("Batch"):
                    self.name_by_call(operation, decision.kind, is_last_try)

    def name_by_call(self, operation, kind, is_last_try):
        required = [each for each in self.service.required(operation) if not plain(each).endswith("token")]
        if not is_last_try and not any(names_one(each, kind) for each in required):
            return
        names = Names(self.service, kind)
        if id_paths(self.service, operation, kind, names):
            return
        if not is_last_try:
            kind.arn, kind.identifier, kind.is_named_by_calls = None, required, True
        elif not further_paths(self.service, operation, kind, names, False)[1]:
            if required and not self.service.needs_more(operation):
                kind.arn, kind.identifier, kind.is_named_by_calls = None, required, True
            elif not self.service.input(operation):  # There is one in an account.
                kind.arn, kind.identifier = None, ["AccountId"]

    def names_of(self, kind):
        if kind.name not in self.names:
            self.names[kind.name] = Names(self.service, kind)
        return self.names[kind.name]

    def rows(self):
        """({operation: row}, [operations that nothing is known of])."""
        known, unknown = {}, []
        for operation in self.service.operations:
            decision = self.override(operation) or self.decider.decide(operation)
            row = self.row(operation, decision) if decision else None
            if row:
                known[operation] = row
            elif not only_reads(operation):
                unknown.append(operation)
        for kind in self.by_name.values():  # One that is named by calls has what they tell as an alias.
            if not kind.arn and not kind.is_named_by_calls and kind.name not in self.by_hand:
                name_by_one_form([row for row in known.values() if row.get("of") == kind.name], kind)
        return known, unknown

    def said_of(self, operation):
        """What a person decided of it; the names there are regular expressions."""
        for pattern, said in self.decided.items():
            if re.fullmatch(pattern, operation):
                return said
        return None

    def override(self, operation):
        said = self.said_of(operation)
        if said is None:
            return None
        if said.get("of", "*") != "*" and said["of"] not in self.by_name:
            if "id" not in said:
                raise SystemExit(f"decided.json: {self.service.folder} {operation}: no type {said['of']}")
            self.by_name[said["of"]] = Type(said["of"])
        return Decision(said["does"], self.by_name.get(said.get("of")), "hand", "high")

    def row(self, operation, decision):
        row = {"does": decision.does}
        if decision.does == "state":
            row["phase"] = "stopped" if inner_verb(operation) in STOPS else "stable"
        if decision.does != "ignore":
            if not self.add_resource(operation, decision, row):
                return None
        row["from"] = decision.source
        if decision.sure != "high":
            row["sure"] = decision.sure
        if decision.differs:
            row["differs"] = decision.differs
        return row

    def add_resource(self, operation, decision, row):
        kind, said = decision.kind, self.said_of(operation) or {}
        if "id" in said:
            row["of"] = kind.name if kind else "*"
            row["id"] = said["id"].split(" | ")
            if "each" in said:
                row["each"] = said["each"]
        elif kind is None:
            paths = self.arn_of_any(operation)
            if not paths:
                return False
            row["of"] = "*"
            row["id"] = paths
            if paths == ["."]:
                row["each"] = self.list_of_any(operation)
        else:
            row["of"] = kind.name
            is_only = (decision.source in ("cfn", "iam", "tag", "hand") or not kind.arn or
                       decision.makes or decision.does == "delete")
            row["id"] = id_paths(self.service, operation, kind, self.names_of(kind),
                                 decision.makes, is_only)
            if kind is self.decider.settings:  # Of one account, whichever other ids are around.
                row["id"] = [each for each in row["id"] if each.endswith(".accountId")] or ["{account}"]
            if not row["id"] and decision.does == "tag":
                row["id"] = self.arn_of_any(operation)
                if row["id"] == ["."]:
                    row["each"] = self.list_of_any(operation)
            each = None if row["id"] else list_path(self.service, operation, self.names_of(kind),
                                                    decision.makes)
            if each:
                row["each"], row["id"] = each[0], [each[1]]
            if not row["id"]:
                self.look_further(operation, decision, row)
        if decision.makes or decision.does == "tag":
            tags = tags_of(self.service, operation)
            if tags and ("removed" in tags) == (tag_effect(operation) == "remove"):
                row["tags"] = tags
        if decision.does in ("create", "delete", "state"):
            self.add_lifecycle(operation, decision, row)
            if said.get("settles") == "call":
                row.pop("after", None)
        return True

    def look_further(self, operation, decision, row):
        each, row["id"] = further_paths(self.service, operation, decision.kind,
                                        self.names_of(decision.kind), decision.makes)
        if each and row["id"]:
            row["each"] = each
        if row["id"] or decision.does not in ("configure", "tag"):
            return
        arns = [name for name in self.service.required(operation) if plain(name).endswith("arn")
                and not plain(name).startswith(NOT_CHANGED)]
        if len(arns) == 1:  # Whatever it names is changed.
            row["of"], row["id"] = "*", self.service.request_field(operation, arns[0])
        elif decision.does == "configure":
            self.look_around(operation, decision, row)

    def look_around(self, operation, decision, row):
        """What it is a part of is changed, too."""
        kinds = self.decider.iam_types(operation)[1] + [self.decider.by_input(operation)]
        for kind in kinds:
            if kind is None or kind is decision.kind or not self.decider.asks_for(operation, kind):
                continue
            row["id"] = id_paths(self.service, operation, kind, self.names_of(kind), is_only=False)
            if row["id"]:
                row["of"] = kind.name
                return

    def arn_of_any(self, operation):
        paths = in_request(self.service, operation, ARN_FIELDS)
        return paths or (["."] if self.list_of_any(operation) else [])

    def list_of_any(self, operation):
        for name, member in self.service.input(operation).items():
            if plain(name) in LISTS and self.service.shape_of(member)["type"] == "list":
                return self.service.request_field(operation, name)[0]
        return None

    def add_lifecycle(self, operation, decision, row):
        nouns, service = decision.kind.nouns, self.service
        tellers = [operation] + [each for each in service.operations
                                 if re.match(TELLS, each) and nouns & {
                                     plain(re.sub(TELLS, "", each)), plain(singular(re.sub(TELLS, "", each)))}]
        words = words_of_state(service, tellers, nouns)
        path = answers_state(service, operation, nouns)
        after = (switches_after(words, row["phase"] == "stopped") if decision.does == "state" else
                 settles_after(service, decision.kind, words, decision.does == "delete",
                               bool(path) or self.is_work(decision, tellers)))
        if not after and decision.does != "state" and self.answers_operation(operation, tellers, nouns, words):
            after = AFTER_DEFAULT
        if after:
            row["after"] = after
        if path:
            fields = service.response_field(operation, *path)
            row["state"] = fields[-1 if len(path) > 1 else 0]

    def is_work(self, decision, tellers):
        """Whether it is called a job, and a state is told of it anywhere."""
        kind, service = decision.kind, self.service
        return decision.makes and any(WORKS.search(noun) for noun in kind.nouns) and any(
            state_path(service, members, kind.nouns) for each in tellers for members in of_type(service, each, kind.nouns))

    def answers_operation(self, operation, tellers, nouns, words):
        """Whether the answer names an operation that goes on. What lists such does so of all that it makes:
        there it counts for a type that has a state, in words that the service does not list."""
        service, output = self.service, self.service.output(operation)
        if any(re.fullmatch(OPERATION, plain(each)) for each in output):
            return True
        return not words and any(plain(each) in OF_OPERATION for each in output) and any(
            state_path(service, members, nouns) for each in tellers for members in of_type(service, each, nouns))
