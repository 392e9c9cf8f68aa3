"""Operations and shapes of one service, as CloudTrail writes what they hold."""
from words import call_field

SCALARS = {"string", "integer", "long"}
EVENT_SOURCES = {  # Where CloudTrail names a service otherwise than its signing name.
    "application-autoscaling": ["autoscaling", "application-autoscaling"], "cloudwatch": ["monitoring"],
    "cloudcontrol": ["cloudcontrolapi"], "codestar-connections": ["codestar-connections"],
    "ses": ["ses"], "sesv2": ["ses"], "s3control": ["s3"], "s3tables": ["s3tables"],
    "servicecatalog-appregistry": ["servicecatalog-appregistry", "servicecatalog"],
    "opensearchserverless": ["aoss"], "identitystore": ["identitystore", "sso-directory"],
    "ecr-public": ["ecr-public"], "sso": ["awsssoportal", "sso"],
    "sso-oidc": ["sso-oauth", "oidc", "sso"], "mturk": ["mturk-requester"], "route53": ["route53"],
    "resourcegroupstaggingapi": ["tagging"], "cognito-identity": ["cognito-identity"],
    "iotsecuretunneling": ["iotsecuredtunneling"], "health": ["health"],
    "meteringmarketplace": ["metering-marketplace", "aws-marketplace"],
    "connectparticipant": ["participant.connect", "connect"]}


class Service:
    """One service of botocore. `folder` is its name there."""

    def __init__(self, folder, model):
        self.folder = folder
        self.model = model
        self.shapes = model["shapes"]
        self.metadata = model["metadata"]
        self.protocol = self.metadata["protocol"]
        self.signing = self.metadata.get("signingName") or self.metadata["endpointPrefix"]
        self.operations = {name: each for name, each in sorted(model["operations"].items())
                           if not each.get("internal")}

    def event_sources(self):
        """"lambda.amazonaws.com": the signing name, and the endpoint where it is another plain word."""
        names = EVENT_SOURCES.get(self.folder)
        if names is None:
            names = [self.signing.lower()]
            endpoint = self.metadata["endpointPrefix"].lower()
            if endpoint not in names and "." not in endpoint:
                names.append(endpoint)
        return [f"{name}.amazonaws.com" for name in names]

    def members(self, shape_name):
        if not shape_name:
            return {}
        return self.shapes[shape_name].get("members", {})

    def shape_of(self, member):
        return self.shapes[member["shape"]]

    def input(self, operation):
        return self.members(self.operations[operation].get("input", {}).get("shape"))

    def required(self, operation):
        """The plain texts that the operation cannot do without."""
        shape = self.operations[operation].get("input", {}).get("shape")
        names = self.shapes[shape].get("required", []) if shape else []
        return [name for name in names if self.is_scalar(self.input(operation)[name])]

    def needs(self, operation):
        """All that the operation cannot do without."""
        shape = self.operations[operation].get("input", {}).get("shape")
        return set(self.shapes[shape].get("required", [])) if shape else set()

    def needs_more(self, operation):
        """Whether it cannot do without a list or structure."""
        shape = self.operations[operation].get("input", {}).get("shape")
        names = self.shapes[shape].get("required", []) if shape else []
        return len(names) > len(self.required(operation))

    def output(self, operation):
        return self.members(self.operations[operation].get("output", {}).get("shape"))

    def is_scalar(self, member):
        return self.shape_of(member)["type"] in SCALARS

    def structures(self, members):
        """The members that are structures: {name: its members}."""
        return {name: self.members(each["shape"]) for name, each in members.items()
                if self.shape_of(each)["type"] == "structure"}

    def request_field(self, operation, name):
        """Paths that the member of the input may be at."""
        member = self.input(operation)[name]
        if self.protocol == "ec2":
            wire = member.get("locationName", name)
            wire = wire[:1].upper() + wire[1:]
            if not self.is_scalar(member):
                return [f"requestParameters.{operation}Request.{wire}.content"]
            return [f"requestParameters.{call_field(wire)}",
                    f"requestParameters.{operation}Request.{wire}"]
        if self.folder == "s3" and name == "Bucket":
            return ["requestParameters.bucketName"]
        if self.folder == "wafv2" and name == "Scope":  # An ARN has it as regional or global.
            return ["requestParameters.scope|instead:CLOUDFRONT=global|lower"]
        paths = [f"requestParameters.{call_field(name)}"]
        if self.folder.startswith("apigateway") and "location" not in member:
            paths.append(f"requestParameters.{call_field(operation)}Input.{call_field(name)}")
        wire = member.get("locationName", "")
        if "location" in member and "-" in wire and not wire.lower().startswith("x-"):
            paths.append(f"requestParameters.{wire}")  # As the URL has it: application-id.
        return paths

    def response_field(self, operation, *names):
        """Paths that a member of the output, or of a structure of it, may be at."""
        members, fields = self.output(operation), []
        for name in names:
            member = members[name]
            fields.append(call_field(member.get("locationName", name)
                                     if self.protocol == "ec2" else name))
            members = self.members(member["shape"])
        inner = ".".join(fields)
        paths = [f"responseElements.{inner}"]
        if self.protocol == "ec2":
            paths.append(f"responseElements.{operation}Response.{inner}")
        if self.protocol == "query" and len(fields) == 2:  # RDS and its like write the structure itself.
            paths.append(f"responseElements.{fields[1]}")
        return paths
