"""The resource types of one IAM prefix: CloudFormation's, and those that only IAM knows."""
import re

from tagging import tag_effect
from words import CREATES, DELETES, STARTS, pascal, plain, singular, split, verb_and_noun

VARIABLE = re.compile(r"\$\{([A-Za-z0-9_-]+)\}")
# What is read and written all day, and is no infrastructure.
DATA = {"object", "item", "record", "message", "event", "datapoint", "row", "metricdata", "items",
        "records", "messages", "events", "objects", "objectversion", "query"}


# What calls say of a type that is named otherwise.
CALLED = {"AWS::EMR::Cluster": "jobflow", "AWS::OpenSearchService::Domain": "elasticsearchdomain",
          "AWS::ServiceCatalog::CloudFormationProvisionedProduct": "provisionedproduct"}


# They are no resources by themselves.
NO_THINGS = ("Url", "URL", "Token", "Credentials", "Commit", "Version", "Revision", "Permission", "Policy", "Query",
             "Preview", "Settings", "Session", "Code", "Login", "Event", "Comment", "Attendee")


# IAM's abbreviations.
NAMES = {"AWS::RDS::Ri": "AWS::RDS::ReservedDBInstance",
         "AWS::RDS::AutoBackup": "AWS::RDS::DBInstanceAutomatedBackup",
         "AWS::RDS::ClusterAutoBackup": "AWS::RDS::DBClusterAutomatedBackup",
         "AWS::StorageGateway::FsAssociation": "AWS::StorageGateway::FileSystemAssociation",
         "AWS::MemoryDB::Reservednode": "AWS::MemoryDB::ReservedNode",
         "AWS::WorkSpaces::Directoryid": "AWS::WorkSpaces::WorkspaceDirectory",
         "AWS::SocialMessaging::Waba": "AWS::SocialMessaging::WhatsAppBusinessAccount",
         "AWS::ElastiCache::ReservedInstance": "AWS::ElastiCache::ReservedCacheNode",
         "AWS::EC2::Ipv4poolEc2": "AWS::EC2::PublicIpv4Pool"}


VAULT = "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:token-vault/default/"
TEMPLATE = "arn:${Partition}:mobiletargeting:${Region}:${Account}:templates/${TemplateName}/"
# What the tables have no ARN of, or another type's. There is one vault in an account.
ARNS = {"AWS::BedrockAgentCore::ApiKeyCredentialProvider": VAULT + "apikeycredentialprovider/${Name}",
        "AWS::BedrockAgentCore::OAuth2CredentialProvider": VAULT + "oauth2credentialprovider/${Name}",
        "AWS::BedrockAgentCore::WorkloadIdentity":
            VAULT.replace("token-vault", "workload-identity-directory") + "workload-identity/${Name}",
        "AWS::Pinpoint::InAppTemplate": TEMPLATE + "INAPP",
        "AWS::Pinpoint::PushTemplate": TEMPLATE + "PUSH",
        "AWS::Pinpoint::SmsTemplate": TEMPLATE + "SMS"}


class Type:
    """`nouns`: its names in operations, plain. `arn`: as IAM writes it, or None."""

    def __init__(self, name, arn=None):
        self.name = name
        self.arn = arn
        self.nouns = {plain(name.rsplit("::", 1)[-1])} | ({CALLED[name]} if name in CALLED else set())
        self.iam_keys = set()
        self.identifier = []  # CloudFormation's primary identifier.
        self.handlers = {}    # {"create": {operation}, …}
        self.is_of_cfn = False
        self.is_named_by_calls = False  # Its ARN has what calls do not tell.

    def split_arn(self):
        """(what precedes the bare id, [literals and ${variables} of the bare id]). Without an ARN,
        the bare id is CloudFormation's primary identifier."""
        if not self.arn:
            joined = "|".join("${" + each + "}" for each in self.identifier)
            return "", re.split(r"(\$\{[^}]+\})", joined)
        fields = self.arn.split(":", 5)
        head, rest = ":".join(fields[:5]) + ":", fields[5]
        first = VARIABLE.search(rest)
        if not first:  # There is one in an account and region.
            return head, [rest]
        return head + rest[:first.start()], re.split(r"(\$\{[^}]+\})", rest[first.start():])

    def variables(self):
        return [part[2:-1] for part in self.split_arn()[1] if part.startswith("${")]


def is_usable(arn):
    return bool(arn) and arn.count(":") >= 5 and "*" not in arn and "," not in arn


def same_arn(arn):
    return plain(VARIABLE.sub("x", arn))


def nouns_by_handlers(kind, operations):
    """What the type is called in the operations that make and end one."""
    def nouns(handler, verbs):
        return [verb_and_noun(name)[1] for name in sorted(kind.handlers.get(handler, ()))
                if name in operations and verb_and_noun(name)[0] in verbs]
    made, ended = nouns("create", CREATES | STARTS), nouns("delete", DELETES)
    both = [noun for noun in made if singular(noun) in map(singular, ended)]
    own = plain(kind.name.rsplit("::", 1)[1])
    if any(plain(singular(noun)) == own for noun in both):
        return set()
    alike = [noun for noun in both if plain(noun) in own]
    if alike:
        return {plain(singular(max(alike, key=len)))}
    longer = [noun for noun in both if plain(singular(noun)).endswith(own)]
    if longer:  # A Runtime is made by CreateAgentRuntime.
        return {plain(singular(min(longer, key=len)))}
    return {plain(singular(noun)) for noun in both} if len(both) == 1 else set()


def cfn_types(prefix, namespaces, spec, handlers, operations):
    result = {}
    names = [name for name in sorted(set(spec) | set(handlers))
             if name.count("::") == 2 and name.split("::")[1] in namespaces]
    for name in sorted(names, key=lambda each: namespaces.index(each.split("::")[1])):
        entity = spec.get(name, {})
        arn = ARNS.get(name, entity.get("arnTemplate"))
        kind = Type(name, arn if is_usable(arn) else None)
        kind.is_of_cfn = True
        kind.identifier = entity.get("primaryIdentifier", [])
        for handler, permissions in handlers.get(name, {}).items():
            kind.handlers[handler] = {each.split(":", 1)[1] for each in permissions
                                      if each.split(":", 1)[0].lower() == prefix}
        kind.nouns |= nouns_by_handlers(kind, operations)
        result[name] = kind
    return result


def nouns_of(operations):
    """{plain: as it is spelt}."""
    return {plain(verb_and_noun(each)[1]): verb_and_noun(each)[1] for each in operations
            if not tag_effect(each)}


def spelt(key, operations):
    """"ratebasedrule" is a RateBasedRule where an operation spells it so; "waveresource" is a Wave."""
    nouns, text = nouns_of(operations), plain(key)
    for name in (text if not text.endswith("s") else singular(text), text,
                 re.sub(r"(resource|id|name)$", "", text)):
        if name in nouns:
            return nouns[name]
    return pascal(key)


def ended_as(key, operations, actions):
    """What the only call that ends such a resource calls it, where that is more or less than IAM does:
    a "consumer" is a StreamConsumer, a "batch-import" a BatchImportJob."""
    nouns = {verb_and_noun(each)[1] for each in operations if verb_and_noun(each)[0] in DELETES | {"Cancel"} and any(
        listed["name"].lower() == key for listed in actions.get(each.lower(), {}).get("resourceTypes", ()))}
    text = singular(plain(key))
    if {text, plain(key)} & nouns_of(operations).keys():
        return None
    alike = {singular(each) for each in nouns if len(text) > 3 and len(each) > 4 and (
        re.fullmatch(text + "(job|configuration|throughput|definition|version)", plain(each)) or
        plain(each).endswith(text) or text.endswith(plain(each)))}
    return alike.pop() if len(alike) == 1 else None


def likest(kinds, noun):
    """The one of those that share an ARN which is called most like IAM's resource."""
    def rank(kind):
        longer = [len(each) for each in kind.nouns if each.endswith(noun)]
        return min(longer) if longer else 1000
    return min(reversed(kinds), key=rank) if kinds else None


# What IAM has one resource for, and CloudFormation a type for each of its forms.
GENERAL = {("DirectoryService", "directory"): ("Directory", ("MicrosoftAD", "SimpleAD"))}


def general_name(kinds):
    """"VirtualInterface" for what is private, public or transit; "" where they share no word."""
    words = [split(kind.name.rsplit("::", 1)[1])[::-1] for kind in kinds]
    shared = []
    for each in zip(*words):
        if len(set(each)) > 1:
            break
        shared.insert(0, each[0])
    return "".join(shared)


def add_iam_types(types, namespace, resources, operations, actions):
    """Joins IAM's resources to the types they are, and adds those that CloudFormation lacks."""
    by_arn = {}
    for kind in types.values():
        by_arn.setdefault(same_arn(kind.arn) if kind.arn else None, []).append(kind)
    for key, resource in sorted(resources.items()):
        arn = resource["arn"].split(",")[0].strip()
        noun = plain(re.split(r"[/]", key)[0])
        kinds = by_arn.get(same_arn(arn), [])
        general, forms = GENERAL.get((namespace, key), ("", ()))
        if len(kinds) > 1 and not any(noun in each.nouns for each in kinds):
            general = general_name(kinds) or spelt(key, operations)
        for form in forms:
            types[f"AWS::{namespace}::{form}"].arn = arn
        if general:
            kind = types.setdefault(f"AWS::{namespace}::{general}", Type(f"AWS::{namespace}::{general}", arn))
            kind.iam_keys.add(key)
            continue
        kind = likest(kinds, noun)
        if kind is None:
            alike = [each for each in types.values()
                     if each.nouns & {noun, plain(key), singular(noun)}]
            kind = alike[0] if alike else None
        if kind is None:
            if not is_usable(arn) or noun in DATA:
                continue
            key_word = re.split("[/]", resource["key"])[0]
            word = Type("", arn).variables() and ended_as(key, operations, actions)
            word = word or spelt(key_word, operations)
            name = f"AWS::{namespace}::{word}"
            kind = Type(NAMES.get(name, name), arn)
            kind = types.setdefault(kind.name, kind)
        kind.iam_keys.add(key)
        kind.nouns.add(noun)
        if kind.arn is None and is_usable(arn):
            kind.arn = arn


NAMESPACES = {  # Where neither names nor handlers tell.
    "firehose": "KinesisFirehose", "opensearch": "OpenSearchService", "sts": "STS",
    "resourcegroupstaggingapi": "ResourceGroupsTaggingAPI",
    "route53-recovery-cluster": "Route53RecoveryControl"}


def namespaces_of(folder, prefix, service_id, spec, handlers):
    """CloudFormation's namespaces whose types this prefix makes, the one of the same name first."""
    if folder in NAMESPACES:
        return [NAMESPACES[folder]]
    counts = {}
    for name, by_kind in handlers.items():
        if name.count("::") != 2:
            continue
        own = {each.split(":", 1)[0].lower() for each in by_kind.get("delete", [])}
        if prefix in own:
            namespace = name.split("::")[1]
            counts[namespace] = counts.get(namespace, 0) + (2 if len(own) == 1 else 1)
    # A namespace of exactly the service's name has all of its types.
    namespaces = {name.split("::")[1] for name in spec if name.count("::") == 2}
    for wanted in (plain(service_id), plain(prefix)):
        same = sorted(each for each in namespaces if plain(each) == wanted)
        if same:
            return same
    return sorted(counts, key=lambda each: (-counts[each], each))[:1]


def add_named_types(types, namespace, operations, actions):
    """What is made and ended by operations that neither CloudFormation nor IAM has a resource for."""
    known = {noun for kind in types.values() for noun in kind.nouns}
    for operation in operations:
        verb, noun = verb_and_noun(operation)
        if verb not in ("Create", "Register", "Allocate") or plain(noun) in known | DATA:
            continue
        ends = [other for end in DELETES if (other := end + noun) in operations]
        if not ends or any(actions.get(each.lower(), {}).get("resourceTypes") for each in ends):
            continue
        kind = types.setdefault(f"AWS::{namespace}::{noun}", Type(f"AWS::{namespace}::{noun}"))
        kind.identifier = [noun + "Id"]


OWN_ENDS = ("id", "arn", "identifier")
TELLERS = ("Describe", "Get", "Delete", "Stop", "Cancel", "Update")


def own_ids(noun):
    """What the id of such a thing may be called: a DataIngestionJob has a jobId."""
    words = split(noun)
    return {plain("".join(words[start:])) + end for start in range(len(words) + 1) for end in OWN_ENDS}


def arn_in_pattern(pattern, own):
    """IAM's form of what a pattern of ARNs says: kinds and ids in turns, or None where it says less."""
    classes = re.sub(r"\[[^\]]*\]", "\0", pattern.replace("\\/", "/"))
    found = re.search(r"arn:.*?:([a-z0-9-]+):(.*?)(?:\\d|\0)\{12\}\)?\??:([^|:]*)", classes)
    if not found:
        return None
    parts = re.split(r"\((?=/)", found[3])[0].split("/")
    kinds, ids = parts[::2], parts[1::2]
    if len(parts) % 2 or not all(re.fullmatch("[a-z][a-z-]*", each) for each in kinds) or (
            not all("\0" in each for each in ids)):
        return None
    names = [pascal(singular(each)) + "Id" for each in kinds[:-1]] + [own + "Id"]
    region = "" if found[2] == ":" else "${Region}"
    return (f"arn:${{Partition}}:{found[1]}:{region}:${{Account}}:" +
            "/".join(f"{kind}/${{{name}}}" for kind, name in zip(kinds, names)))


def add_told_arns(types, service, by_hand):
    """Of a type whose ARN no table has, what the service's own shape of it says: RuntimeArn."""
    for name, kind in types.items():
        own = name.rsplit("::", 1)[1]
        for shape, each in service.shapes.items():
            if kind.arn is None and name not in by_hand and plain(shape) == plain(own) + "arn":
                kind.arn = arn_in_pattern(each.get("pattern", ""), own)


def add_told_types(types, namespace, service):
    """What a call makes and answers an id of, by which other calls name it."""
    known = {noun for kind in types.values() for noun in kind.nouns}
    for operation in service.operations:
        verb, noun = verb_and_noun(operation)
        if verb not in ("Create", "Start") or plain(noun) in known | DATA or noun.endswith(NO_THINGS):
            continue
        makers = [kind for kind in types.values() if operation in kind.handlers.get("create", ())]
        if len(makers) == 1 and verb == "Create":  # CloudFormation calls it less.
            if plain(noun).endswith(plain(makers[0].name.rsplit("::", 1)[1])):
                makers[0].nouns.add(plain(noun))
            continue
        # What is only read again is work on data.
        tellers = [each + noun for each in TELLERS if each + noun in service.operations and
                   (verb == "Create" or each != "Get")]
        own = own_ids(noun)
        naming = [each for each in tellers if service.required(each) and
                  plain(service.required(each)[-1]) in own or
                  any(plain(name) in own - {"id", "arn", "identifier"} for name in service.required(each))]
        output = service.output(operation)
        answered = {plain(name): name for name, member in output.items() if service.is_scalar(member)}
        for outer, members in service.structures(output).items():
            if plain(outer) in plain(noun) or plain(noun) in plain(outer):
                answered.update({plain(name): name for name, member in members.items()
                                 if service.is_scalar(member)})
        asked = {plain(name) for name in service.required(operation)}
        named = {re.sub(r"(id|arn|identifier)$", "", plain(name)) for each in naming
                 for name in service.required(each) if plain(name) in own}
        if named & known - {""}:  # It is one of them, made in another manner.
            continue
        if not naming or not own & (answered.keys() - asked):
            continue
        needed = [name for name in service.required(naming[0]) if not plain(name).endswith("token")]
        around = [name for name in needed if plain(name) not in own]
        if len(needed) - len(around) != 1 or any(
                plain(name) not in asked or not plain(name).endswith(OWN_ENDS + ("name",)) for name in around):
            continue
        kind = types.setdefault(f"AWS::{namespace}::{noun}", Type(f"AWS::{namespace}::{noun}"))
        kind.identifier = around + [name for name in needed if name not in around]


def without_foreign(prefix, resources):
    """Without what is another prefix's own resource."""
    own = resources.get(prefix, {})
    others = {same_arn(each["arn"]) for other, table in resources.items() if other != prefix
              for each in table.values() if each["arn"].split(":")[2:3] == [other]}
    return {key: each for key, each in own.items()
            if each["arn"].split(":")[2:3] == [prefix] or same_arn(each["arn"]) not in others}
