"""What botocore knows of AWS: the error codes of the calls that Statewire makes, and partitions."""

import re

import botocore.session

# By the names that the program has for the services, and botocore's.
CALLS = {
    "sqs": ("sqs", ["ReceiveMessage", "DeleteMessageBatch", "ChangeMessageVisibilityBatch",
                    "SendMessageBatch"]),
    "sns": ("sns", ["PublishBatch"]),
    "eventbridge": ("events", ["PutEvents"]),
    "lambda": ("lambda", ["Invoke"]),
    "s3": ("s3", ["PutObject", "GetObject"]),
    "sesv2": ("sesv2", ["SendEmail"]),
    "sts": ("sts", ["AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity"]),
    "sso": ("sso", ["GetRoleCredentials"]),
    "sso_oidc": ("sso-oidc", ["CreateToken"]),
    "resource_groups_tagging_api": ("resourcegroupstaggingapi", ["GetResources"]),
}
# Where a model tells codes in prose: a field's documentation, and how it names them.
IN_PROSE = {
    "s3": ("Error", "Code", r"<i>Code:</i> ([A-Z][A-Za-z0-9]+)"),
    "eventbridge": ("PutEventsResultEntry", "ErrorCode", r"<code>(?: <a [^>]*>)?([A-Z][A-Za-z]+)<"),
}


def documented_codes():
    """(service, code), each once."""
    session = botocore.session.get_session()
    codes = set()
    for service, (name, operations) in CALLS.items():
        model = session.get_service_model(name)
        for operation in operations:
            for shape in model.operation_model(operation).error_shapes:
                codes.add((service, shape.error_code))
                codes.add((service, shape.name))
        if service in IN_PROSE:
            shape, member, pattern = IN_PROSE[service]
            prose = model.shape_for(shape).members[member].documentation
            found = re.findall(pattern, prose)
            assert len(found) > 5, f"{service}: the prose is written otherwise"
            codes.update((service, code) for code in found)
    return codes


def partitions():
    """The rows of partitions.json: `id`, `outputs`, `regions`, …"""
    return botocore.session.get_session().get_data("partitions")["partitions"]
