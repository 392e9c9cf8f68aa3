"""Names of operations, types and fields as words."""
import re

READS = set("""Calculate Check Compare Count Decode Describe Discover Download Estimate Filter Get Head
    List Lookup Preview Query Read Scan Search Select Simulate Validate View""".split())
CREATES = set("""Create Register Allocate Run Launch Import Request Provision Purchase Upload Build Open
    Copy Clone Restore Publish Put Define Setup Issue Order Add Onboard Subscribe Schedule Reserve""".split())
DELETES = set("Delete Deregister Release Terminate Remove Destroy Unregister Deprovision".split())
STARTS = set("Start Submit Initiate Run".split())
# What makes or begins something, and what ends it.
OPPOSITES = {"Associate": "Disassociate", "Enable": "Disable", "Activate": "Deactivate",
             "Attach": "Detach", "Register": "Deregister", "Add": "Remove",
             "Link": "Unlink", "Deploy": "Undeploy"}
# They use a resource, or tell it something, and leave it as it is.
USES = set("""Accept Acknowledge Answer Ask Assume Authenticate Authorize Chat Classify Complete Compute Converse
    Connect Decapsulate Decrypt Derive Detect Discover Encapsulate Encrypt Evaluate Exchange Execute Export Find Forgot Generate
    Infer Initiate Invoke Join Notify Optimize Poll Post Predict Process Publish Put Query Receive
    Recognize Record Redeem Refresh Render Report Rerank Resend Respond Retrieve Search Select Send Sign Signal
    Start Stream Subscribe Submit Synthesize Test Transact Translate Validate Verify Vote Write Sample""".split())
# Of these, a call on a part of a resource leaves it as it is.
ONLY_USES = USES - set("""Accept Authorize Complete Connect Execute Export Initiate Join Process Publish Put
    Record Refresh Render Start Stream Subscribe Submit Write""".split())


def split(name):
    """"CreateDBInstance": ["Create", "DB", "Instance"]."""
    return re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z0-9]+", name)


def verb_and_noun(operation):
    verb = split(operation)[0]
    return verb, operation[len(verb):]


def inner_verb(operation):
    """"BatchStopUpdate" stops."""
    verb, noun = verb_and_noun(operation)
    return split(noun)[0] if verb in ("Batch", "Bulk", "Admin") and noun else verb


def only_reads(operation):
    words = split(operation)
    first = words[1] if words[0] == "Batch" and len(words) > 1 else words[0]
    return first in READS and not any(word in ("And", "Or") for word in words)


def plain(text):
    """"listener-rule/app" and "ListenerRuleApp" are the same."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def singular(text):
    if text.endswith("ies"):
        return text[:-3] + "y"
    if re.search(r"(ss|sh|ch|x)es$", text):
        return text[:-2]
    return text[:-1] if text.endswith("s") and not text.endswith("ss") else text


def call_field(member):
    """As CloudTrail spells it: "DBInstanceIdentifier" is "dBInstanceIdentifier"."""
    return member[:1].lower() + member[1:]


def pascal(text):
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", text) if word)


SLOTS = {"partition": "{partition}", "region": "{region}", "account": "{account}",
         "accountid": "{account}", "awsaccountid": "{account}", "aws-account-id": "{account}"}
ONE_VARIABLE = re.compile(r"\$\{([^}]+)\}")


def slots_in(text):
    """IAM's ${Region} is the catalog's {region}."""
    return ONE_VARIABLE.sub(lambda found: SLOTS.get(found[1].lower(), "{" + found[1] + "}"), text)
