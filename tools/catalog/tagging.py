"""Tags: which operations set and remove them, and where they are."""
import re

from words import call_field, plain

SETS = re.compile(r"^(Batch)?(Tag|AddTags|CreateTags|AddOrUpdateTags|SetTags|PutTags|AddTagsTo|"
                  r"ChangeTags|UpdateTags)(To|For|On)?[A-Z]?[A-Za-z]*$")
REMOVES = re.compile(r"^(Batch)?(Untag|RemoveTags|DeleteTags)(From|For|On)?[A-Z]?[A-Za-z]*$")


def tag_effect(operation):
    """"set", "remove" or None."""
    if REMOVES.match(operation):
        return "remove"
    return "set" if SETS.match(operation) else None


def tags_of(service, operation):
    """{"each"|"map"|"removed": path, "key", "value"} of the tags that the request has; None if none."""
    for name, member in sorted(service.input(operation).items()):
        text, shape = plain(name), service.shape_of(member)
        if not re.fullmatch(r"tags?(list|set|stoadd|s)?|tagkeys?(list|set)?|tagstoremove|resourcetags", text):
            continue
        path = f"requestParameters.{call_field(name)}"
        if shape["type"] == "map":
            return {"map": path}
        if shape["type"] != "list" or service.protocol == "ec2":
            continue
        inner = service.shapes[shape["member"]["shape"]]
        if inner["type"] == "string":
            return {"removed": path}
        fields = {plain(each): call_field(each) for each in inner.get("members", {})}
        for key, value in (("key", "value"), ("tagkey", "tagvalue")):
            if key in fields and value in fields:
                return {"each": path, "key": fields[key], "value": fields[value]}
    return None
