"""Where a call names its resource."""
import re

from words import call_field, plain, singular, slots_in, split

# What may be meant by them is said by what is around them, or by nothing.
GENERIC = ("arn", "id", "name", "identifier", "url", "key", "code", "resourcearn", "resourceid", "resource")
TIES = ("association", "attachment", "peering")
ASSOCIATES = ("Associate", "Disassociate", "Dissociate")
KINDS = ("arn", "identifier", "name", "id", "url", "key", "code")
PATHS_MAX = 6
DESCRIBES = ("input", "details", "definition", "specification", "configuration", "request")
SYNONYMS = {"AWS::EMR::Cluster": ["jobflowid"], "AWS::CloudFormation::StackSet": ["stacksetname"],
            "AWS::ElasticBeanstalk::Environment": ["environmentname"]}


def kind_of(name):
    text = plain(name)
    for kind in KINDS:
        if text.endswith(kind):
            return "id" if kind == "identifier" else kind
    return ""


class Names:
    """The members that stand for each variable of a type's ARN, learned from the operations that
    are about one resource of the type."""

    def __init__(self, service, kind):
        self.service = service
        self.kind = kind
        self.variables = kind.variables()
        self.own = {noun + end for noun in kind.nouns for end in ("", "id", "name", "identifier")}
        self.required = self._required()
        self.stands_for = self._stands_for()
        self.of = {variable: self._names(index, variable)
                   for index, variable in enumerate(self.variables)}

    def _required(self):
        for verb in ("Delete", "Deregister", "Terminate", "Get", "Describe", "Update", "Modify", "Stop"):
            for operation in self.service.operations:
                if operation.startswith(verb) and plain(operation[len(verb):]) in self.kind.nouns:
                    names = self.service.required(operation)
                    if names:
                        return names
        return []

    def _stands_for(self):
        """{variable: the required member of another name}."""
        known = {plain(each) for each in self.variables}
        members = [each for each in self.required if plain(each) not in known]
        required = {plain(each) for each in self.required}
        left = [each for each in self.variables if plain(each) not in required]
        if len(left) != len(members):
            return {}
        # Each call has another token: it names nothing.
        return {variable: member for variable, member in zip(left, members)
                if not plain(member).endswith("token")}

    def _names(self, index, variable):
        words = split(variable)
        names = [plain("".join(words[start:])) for start in range(max(len(words) - 1, 1))]
        last = [each for each in names if each in ("resourceid", "resource", "resourcename")]
        names = [each for each in names if each not in last]
        stands = self.stands_for.get(variable, "")
        names += [plain(stands)] if stands else []
        if len(self.variables) == 1 and len(self.kind.identifier) == 1:
            names.append(plain(self.kind.identifier[0]))
        if index + 1 == len(self.variables):
            kind = kind_of(stands) if kind_of(stands) not in ("", "arn") else kind_of(variable) or "name"
            for noun in sorted(self.kind.nouns):
                names += [noun + kind, noun]
                names += [noun + "identifier"] if kind == "id" else []
            names += SYNONYMS.get(self.kind.name, [])
            names += [kind, "identifier"] if kind == "id" else [kind]
            names += [noun + "identifier" for noun in sorted(self.kind.nouns)]
        names += last
        return list(dict.fromkeys(names))


def in_request(service, operation, names, taken=()):
    members = {plain(name): name for name, member in service.input(operation).items()
               if service.is_scalar(member)}
    found = []
    if operation.startswith(ASSOCIATES):  # That is what it is associated with.
        names = [name for name in names if name not in ("resourceid", "resource", "resourcename")]
    for name in names:
        if name in members:
            paths = service.request_field(operation, members[name])
            if not taken or paths[0] not in taken:
                if members[name] in service.required(operation):
                    return found + paths
                found = found + paths
                if not name.endswith("arn"):  # It may be named by its ARN, or else by its name.
                    break
    # What is to be made may be described by a structure of its own: databaseInput.name.
    for outer, inner in service.structures(service.input(operation)).items():
        if plain(outer) not in names and not plain(outer).endswith(DESCRIBES):
            continue
        members = {plain(name): name for name, member in inner.items() if service.is_scalar(member)}
        is_own = plain(outer) in names or plain(outer) != "configuration"
        for name in names:
            if found and not plain(outer).endswith("input"):
                continue
            if name in members and (is_own or name not in ("id", "arn")):
                return found + [f"{path}.{call_field(members[name])}"
                                for path in service.request_field(operation, outer)]
    return found


WRAPS = re.compile(r"(details?|summary|result|output|configuration|info|metadata|description|item|response"
                   r"|entity|resource|record|definition|body|task|object|async|operation)$")


def is_around(outer, kind):
    """Whether a structure of that name is about one of the type."""
    stem = WRAPS.sub("", plain(outer))
    return not stem or any(stem in noun or noun in stem for noun in kind.nouns)


OF_OPERATION = ("operation", "operations")  # It is told of what was asked for, and not of the resource.


def in_response(service, operation, names, kind, is_create=False):
    output = service.output(operation)
    for outer, members in [(None, output), *service.structures(output).items()]:
        if outer and plain(outer) in OF_OPERATION:
            continue
        plain_members = {plain(name): name for name, member in members.items()
                         if service.is_scalar(member)}
        for name in names:
            # Of an inner structure, a bare `id` or `name` is that of the structure.
            if outer and name in GENERIC and not is_create and not is_around(outer, kind):
                continue
            if name in plain_members:
                path = [plain_members[name]] if outer is None else [outer, plain_members[name]]
                return service.response_field(operation, *path)
    return []


def arn_paths(service, operation, kind, names, is_only, is_create):
    """The ARN of the resource in the response, and in the request."""
    if kind.is_named_by_calls and not is_create:
        return []
    own = [noun + "arn" for noun in sorted(kind.nouns)]
    own += [plain(name) for name in names.required if len(names.required) == 1 and kind_of(name) == "arn"]
    bare = ["arn", "resourcearn"] if is_only else []
    asked = ["arn"] if any(plain(name) in names.own for name in service.required(operation)) else bare
    if bare and (operation.startswith(ASSOCIATES) or plain(kind.name).endswith(TIES)):
        bare = asked = ["arn"]  # The other is that of what it ties.
    if operation.startswith(("Create", "Start")) and is_create:
        asked = []  # What is only being made has no ARN yet.
    paths = in_response(service, operation, own + bare, kind, is_create)
    if kind.is_named_by_calls:  # What the call asks for names it by less.
        return paths
    return paths + in_request(service, operation, own + (asked if is_only else []))


def of_output(service, operation):
    """The only ARN of the answer, under whatever name."""
    output = service.output(operation)
    inner = service.structures(output)
    found = [(name,) for name, member in output.items() if service.is_scalar(member)]
    found += [(outer, name) for outer, members in inner.items() if len(inner) == 1
              for name, member in members.items() if service.is_scalar(member)]
    arns = [path for path in found if plain(path[-1]).endswith("arn") and "role" not in plain(path[-1])]
    return service.response_field(operation, *arns[0]) if len(arns) == 1 else []


def composed(service, operation, names, is_create):
    """The bare id out of its variables, as templates; empty where one of them is nowhere."""
    where, taken = [], set()
    for variable in sorted(names.variables, key=lambda each: plain(each) not in {
            plain(name) for name in service.input(operation)}):
        request = in_request(service, operation, names.of[variable], taken)
        response = in_response(service, operation, names.of[variable], names.kind, is_create)
        response = [path for path in response if path not in taken]
        taken.update(request, response)
        paths = response + request if is_create and kind_of(variable) == "id" else request + response
        if not paths:
            return []
        where.append((names.variables.index(variable), paths))
    where = [paths for _, paths in sorted(where)]
    if len(where) == 1 and len(names.kind.split_arn()[1]) <= 3:
        tail = [part for part in names.kind.split_arn()[1] if part]
        if len(tail) == 1:
            return where[0]
    parts = [part for part in names.kind.split_arn()[1] if part]
    results = []
    for choice in range(max(len(paths) for paths in where)):
        picks = iter(paths[min(choice, len(paths) - 1)] for paths in where)
        results.append("".join("{" + next(picks) + "}" if part.startswith("${") else part
                               for part in parts))
    return results


def id_paths(service, operation, kind, names, is_create=False, is_only=True):
    """All ways to the identity, the best first."""
    paths = arn_paths(service, operation, kind, names, is_only, is_create)
    if names.variables:
        paths = paths + composed(service, operation, names, is_create)
    if not paths and is_create and not kind.is_named_by_calls:
        paths = of_output(service, operation)
    # There is one in an account, whether a call names it or not.
    if kind.arn and not names.variables:
        paths = paths + [slots_in(kind.arn)]
    if not paths and len(names.variables) == 1 and not is_create:
        required = service.required(operation)
        if len(required) == 1 and not kind.is_of_cfn and (
                kind_of(required[0]) or plain(required[0]) in kind.nouns):
            paths = service.request_field(operation, required[0])
    if not paths and is_of_account(kind):
        paths = ["{account}"]
    return list(dict.fromkeys(paths))[:PATHS_MAX]


def is_of_account(kind):
    """There is one in an account and region."""
    first = plain(kind.identifier[0]) if kind.identifier else ""
    return len(kind.identifier) == 1 and bool(re.search("account|registryid|owner|settingsid", first))


def list_path(service, operation, names, is_create):
    """(a list in the request or, of what was made, in the response; the path in its elements): the
    call is about each of them. None where there is none."""
    if len(names.variables) != 1 or service.protocol == "ec2":
        return None
    wanted = names.of[names.variables[0]] + [noun + "arn" for noun in sorted(names.kind.nouns)]
    for name, member in service.input(operation).items():
        shape = service.shape_of(member)
        if shape["type"] == "list" and plain(singular(name)) in wanted:
            if service.shapes[shape["member"]["shape"]]["type"] == "string":
                return service.request_field(operation, name)[0], "."
    where = [(service.input(operation), service.request_field)] * (not is_create) + [
        (service.output(operation), service.response_field)] * is_create
    for members, field in where:
        for name, member in members.items():
            shape = service.shape_of(member)
            inner = service.members(shape["member"]["shape"]) if shape["type"] == "list" else {}
            found = [each for each in inner if plain(each) in wanted[:-1] and service.is_scalar(inner[each])]
            if found and not plain(name).startswith(("failed", "error", "unprocessed", "tag")):
                return field(operation, name)[0], "." + call_field(found[0])
    return None
