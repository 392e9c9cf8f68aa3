"""moto with what its buses lack: a bus of another account or region gets an event as it was sent,
with its account, region, time and resources; and a rule may send to a topic.

    moto_with_buses.py -H HOST -p PORT
"""

import copy
import json
import os
import sys

os.environ.pop("MOTO_ACCOUNT_ID", None)  # It would make all accounts one.

from moto.core.utils import iso_8601_datetime_without_milliseconds, utcfromtimestamp
from moto.events.models import Rule, events_backends
from moto.server import main
from moto.sns import sns_backends
from moto.utilities.arns import parse_arn

send_to_target = Rule.send_to_targets


def send_to_targets(rule, event):
    if not rule.event_pattern.matches_event(event):
        return
    for target in rule.targets:
        told = copy.deepcopy(event)
        arn = parse_arn(target["Arn"])
        if arn.service == "events" and arn.resource_type == "event-bus":
            bus = events_backends[arn.account][arn.region].describe_event_bus(arn.resource_id)
            for each in bus.rules.values():
                send_to_targets(each, told)
        elif arn.service == "sns":
            moment = utcfromtimestamp(float(told["time"]))
            told["time"] = iso_8601_datetime_without_milliseconds(moment)
            topics = sns_backends[arn.account][arn.region]
            topics.publish(message=json.dumps(told), arn=target["Arn"])
        else:
            alone = copy.copy(rule)
            alone.targets = [target]
            send_to_target(alone, told, transform_input=False)  # The event as it is.


Rule.send_to_targets = send_to_targets
main(sys.argv[1:])
