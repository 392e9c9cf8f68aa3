# Made by `statewire aws template --hub --format terraform`.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.30"
    }
  }
}

data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

variable "stack_name" {
  type        = string
  default     = "statewire"
  description = "What the names of all resources begin with"
}

variable "organization_id" {
  type = string
  description = "Accounts of this organisation may send to the bus, and their alarms to the topic; empty: only this account"
  default = ""

  validation {
    condition = can(regex("^(o-[a-z0-9]{10,32})?$", var.organization_id))
    error_message = "It must match ^(o-[a-z0-9]{10,32})?$."
  }
}

variable "mail_from" {
  type = string
  description = "The identity of SES that mails come from, an address or a domain; empty: no mails by SES"
  default = ""
}

variable "alarm_mail" {
  type = string
  description = "Who hears of alarms, by mail; empty: subscribe to the topic as you like"
  default = ""
}

variable "look_up_role" {
  type = string
  description = "The role of the spokes that Statewire looks up tags with"
  default = "statewire-look-up"

  validation {
    condition = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.look_up_role))
    error_message = "It must match ^[A-Za-z0-9_+=,.@-]{1,64}$."
  }
}

locals {
  has_organization = !(var.organization_id == "")
  has_mail_from = !(var.mail_from == "")
  has_alarm_mail = !(var.alarm_mail == "")
}

# What Statewire reads. It may be away for two weeks.
resource "aws_sqs_queue" "queue" {
  name = var.stack_name
  message_retention_seconds = 1209600
  visibility_timeout_seconds = 60
  sqs_managed_sse_enabled = true
  redrive_policy = jsonencode({
    "deadLetterTargetArn" = aws_sqs_queue.dead_letters.arn
    "maxReceiveCount" = 100
  })
}

resource "aws_sqs_queue_policy" "queue_policy" {
  queue_url = aws_sqs_queue.queue.id
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect" = "Allow"
        "Principal" = {
          "Service" = "events.amazonaws.com"
        }
        "Action" = "sqs:SendMessage"
        "Resource" = aws_sqs_queue.queue.arn
        "Condition" = {
          "ArnLike" = {
            "aws:SourceArn" = [
              "arn:${data.aws_partition.current.partition}:events:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:rule/${var.stack_name}-*",
              "arn:${data.aws_partition.current.partition}:events:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:rule/${aws_cloudwatch_event_bus.bus.name}/${var.stack_name}-*",
            ]
          }
        }
      },
      {
        "Effect" = "Deny"
        "Principal" = "*"
        "Action" = "sqs:*"
        "Resource" = aws_sqs_queue.queue.arn
        "Condition" = {
          "Bool" = {
            "aws:SecureTransport" = "false"
          }
        }
      },
    ]
  })
}

# What was received a hundred times and never stored.
resource "aws_sqs_queue" "dead_letters" {
  name = "${var.stack_name}-dead-letters"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled = true
}

# What other accounts and other regions send to.
resource "aws_cloudwatch_event_bus" "bus" {
  name = var.stack_name
  description = "Events of spokes, for Statewire"
}

resource "aws_cloudwatch_event_bus_policy" "bus_policy" {
  count = local.has_organization ? 1 : 0
  event_bus_name = aws_cloudwatch_event_bus.bus.name
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect" = "Allow"
        "Principal" = "*"
        "Action" = "events:PutEvents"
        "Resource" = aws_cloudwatch_event_bus.bus.arn
        "Condition" = {
          "StringEquals" = {
            "aws:PrincipalOrgID" = var.organization_id
          }
          "ArnLike" = {
            "aws:PrincipalArn" = "arn:${data.aws_partition.current.partition}:iam::*:role/statewire/*"
          }
        }
        "Sid" = "organization"
      },
    ]
  })
}

# Spokes send only what is wanted.
resource "aws_cloudwatch_event_rule" "spokes_rule" {
  name = "${var.stack_name}-spokes"
  description = "Everything that spokes forward"
  event_bus_name = aws_cloudwatch_event_bus.bus.name
  event_pattern = jsonencode({
    "source" = [
      {
        "prefix" = "aws."
      },
    ]
  })
}

resource "aws_cloudwatch_event_target" "spokes_rule" {
  rule = aws_cloudwatch_event_rule.spokes_rule.name
  event_bus_name = aws_cloudwatch_event_bus.bus.name
  target_id = "queue"
  arn = aws_sqs_queue.queue.arn

  dead_letter_config {
    arn = aws_sqs_queue.spokes_lost.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts = 185
  }
}

# What the bus could not put into the queue for a day.
resource "aws_sqs_queue" "spokes_lost" {
  name = "${var.stack_name}-spokes-lost"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled = true
}

resource "aws_sqs_queue_policy" "spokes_lost_policy" {
  queue_url = aws_sqs_queue.spokes_lost.id
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect" = "Allow"
        "Principal" = {
          "Service" = "events.amazonaws.com"
        }
        "Action" = "sqs:SendMessage"
        "Resource" = aws_sqs_queue.spokes_lost.arn
        "Condition" = {
          "ArnEquals" = {
            "aws:SourceArn" = aws_cloudwatch_event_rule.spokes_rule.arn
          }
        }
      },
    ]
  })
}

resource "aws_cloudwatch_metric_alarm" "spokes_lost_alarm" {
  alarm_name = "${var.stack_name}-spokes-lost-alarm"
  alarm_description = "Events of spokes did not reach the queue"
  namespace = "AWS/SQS"
  metric_name = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.spokes_lost.name
  }
  statistic = "Maximum"
  period = 300
  evaluation_periods = 1
  threshold = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data = "notBreaching"
  alarm_actions = [
    aws_sns_topic.alarms.arn,
  ]
}

# Of this account and region.
resource "aws_cloudwatch_event_rule" "calls_rule" {
  name = "${var.stack_name}-calls"
  description = "Calls that change something, as CloudTrail records them"
  event_pattern = jsonencode({
    "detail-type" = [
      "AWS API Call via CloudTrail",
      "AWS Service Event via CloudTrail",
      "AWS Console Sign In via CloudTrail",
      "AWS Console Action via CloudTrail",
    ]
    "detail" = {
      "readOnly" = [
        false,
      ]
      "eventName" = [
        {
          "anything-but" = [
            "AssumeRoleWithWebIdentity",
            "BatchCheckLayerAvailability",
            "CompleteLayerUpload",
            "CreateLogStream",
            "DeleteLogStream",
            "InitiateLayerUpload",
            "PutComplianceItems",
            "PutConfigurePackageResult",
            "PutInventory",
            "UpdateInstanceAssociationStatus",
            "UpdateInstanceInformation",
            "CompleteMultipartUpload",
            "CopyObject",
            "CreateMultipartUpload",
            "DeleteObject",
            "DeleteObjects",
            "PutObject",
            "UploadPart",
            "UploadPartCopy",
          ]
        },
      ]
    }
  })
}

resource "aws_cloudwatch_event_target" "calls_rule" {
  rule = aws_cloudwatch_event_rule.calls_rule.name
  target_id = "queue"
  arn = aws_sqs_queue.queue.arn

  dead_letter_config {
    arn = aws_sqs_queue.calls_lost.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts = 185
  }
}

# Of this account and region.
resource "aws_cloudwatch_event_rule" "native1_rule" {
  name = "${var.stack_name}-native1"
  description = "What services tell of their resources themselves: aws.acm to aws.ram"
  event_pattern = jsonencode({
    "source" = [
      "aws.acm",
      "aws.acm-pca",
      "aws.airflow",
      "aws.airflow-serverless",
      "aws.amplify",
      "aws.appconfig",
      "aws.appflow",
      "aws.application-autoscaling",
      "aws.apprunner",
      "aws.arc-region-switch",
      "aws.arc-zonal-shift",
      "aws.auditmanager",
      "aws.autoscaling",
      "aws.backup",
      "aws.batch",
      "aws.bcm-pricing-calculator",
      "aws.bedrock",
      "aws.braket",
      "aws.chime",
      "aws.cleanrooms",
      "aws.cloudformation",
      "aws.cloudwatch",
      "aws.codeartifact",
      "aws.codebuild",
      "aws.codecommit",
      "aws.codeconnections",
      "aws.codedeploy",
      "aws.codepipeline",
      "aws.codestar-connections",
      "aws.config",
      "aws.databrew",
      "aws.datasync",
      "aws.datasync-discovery",
      "aws.datazone",
      "aws.deadline",
      "aws.dlm",
      "aws.dms",
      "aws.drs",
      "aws.ec2",
      "aws.ec2fleet",
      "aws.ec2spotfleet",
      "aws.ecs",
      "aws.eks",
      "aws.elasticache",
      "aws.elasticbeanstalk",
      "aws.emr",
      "aws.emr-containers",
      "aws.emr-serverless",
      "aws.es",
      "aws.events",
      "aws.fis",
      "aws.forecast",
      "aws.glue",
      "aws.greengrass",
      "aws.groundstation",
      "aws.guardduty",
      "aws.health",
      "aws.healthlake",
      "aws.imagebuilder",
      "aws.iotanalytics",
      "aws.ivs",
      "aws.kms",
      "aws.macie",
      "aws.managedblockchain",
      "aws.marketplacecatalog",
      "aws.mediaconnect",
      "aws.mediaconvert",
      "aws.medialive",
      "aws.mediapackage",
      "aws.mediapackagev2",
      "aws.mediastore",
      "aws.medical-imaging",
      "aws.mgn",
      "aws.network-firewall",
      "aws.networkmanager",
      "aws.oam",
      "aws.omics",
      "aws.opsworks",
      "aws.partnercentral-selling",
      "aws.proton",
      "aws.qldb",
      "aws.quicksight",
      "aws.ram",
    ]
    "detail-type" = [
      {
        "anything-but" = [
          "AWS API Call via CloudTrail",
          "AWS Service Event via CloudTrail",
          "AWS Console Sign In via CloudTrail",
          "AWS Console Action via CloudTrail",
          "AWS Insight via CloudTrail",
          "Config Rules Compliance Change",
          "Config Rules Re-evaluation Status",
          "EC2 Command Invocation Status-change Notification",
          "EC2 Fleet Instance Change",
          "EC2 Spot Fleet Instance Change",
          "Email Delivered",
          "Object ACL Updated",
          "Object Access Tier Changed",
          "Object Created",
          "Object Deleted",
          "Object Restore Completed",
          "Object Restore Expired",
          "Object Restore Initiated",
          "Object Storage Class Changed",
          "Object Tags Added",
          "Object Tags Deleted",
          "Scheduled Event",
        ]
      },
    ]
  })
}

resource "aws_cloudwatch_event_target" "native1_rule" {
  rule = aws_cloudwatch_event_rule.native1_rule.name
  target_id = "queue"
  arn = aws_sqs_queue.queue.arn

  dead_letter_config {
    arn = aws_sqs_queue.native1_lost.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts = 185
  }
}

# Of this account and region.
resource "aws_cloudwatch_event_rule" "native2_rule" {
  name = "${var.stack_name}-native2"
  description = "What services tell of their resources themselves: aws.rbin to aws.translate"
  event_pattern = jsonencode({
    "source" = [
      "aws.rbin",
      "aws.rds",
      "aws.resource-groups",
      "aws.robomaker",
      "aws.route53-recovery-readiness",
      "aws.sagemaker",
      "aws.savingsplans",
      "aws.schemas",
      "aws.security-ir",
      "aws.ses",
      "aws.signer",
      "aws.sms-voice",
      "aws.ssm",
      "aws.ssm-sap",
      "aws.states",
      "aws.supplychain",
      "aws.synthetics",
      "aws.tag",
      "aws.transcribe",
      "aws.translate",
    ]
    "detail-type" = [
      {
        "anything-but" = [
          "AWS API Call via CloudTrail",
          "AWS Service Event via CloudTrail",
          "AWS Console Sign In via CloudTrail",
          "AWS Console Action via CloudTrail",
          "AWS Insight via CloudTrail",
          "Config Rules Compliance Change",
          "Config Rules Re-evaluation Status",
          "EC2 Command Invocation Status-change Notification",
          "EC2 Fleet Instance Change",
          "EC2 Spot Fleet Instance Change",
          "Email Delivered",
          "Object ACL Updated",
          "Object Access Tier Changed",
          "Object Created",
          "Object Deleted",
          "Object Restore Completed",
          "Object Restore Expired",
          "Object Restore Initiated",
          "Object Storage Class Changed",
          "Object Tags Added",
          "Object Tags Deleted",
          "Scheduled Event",
        ]
      },
    ]
  })
}

resource "aws_cloudwatch_event_target" "native2_rule" {
  rule = aws_cloudwatch_event_rule.native2_rule.name
  target_id = "queue"
  arn = aws_sqs_queue.queue.arn

  dead_letter_config {
    arn = aws_sqs_queue.native2_lost.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts = 185
  }
}

resource "aws_sqs_queue" "calls_lost" {
  name = "${var.stack_name}-calls-lost"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled = true
}

resource "aws_sqs_queue" "native1_lost" {
  name = "${var.stack_name}-native1-lost"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled = true
}

resource "aws_sqs_queue" "native2_lost" {
  name = "${var.stack_name}-native2-lost"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled = true
}

resource "aws_sqs_queue_policy" "calls_lost_policy" {
  queue_url = aws_sqs_queue.calls_lost.id
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect" = "Allow"
        "Principal" = {
          "Service" = "events.amazonaws.com"
        }
        "Action" = "sqs:SendMessage"
        "Resource" = aws_sqs_queue.calls_lost.arn
        "Condition" = {
          "ArnEquals" = {
            "aws:SourceArn" = aws_cloudwatch_event_rule.calls_rule.arn
          }
        }
      },
    ]
  })
}

resource "aws_sqs_queue_policy" "native1_lost_policy" {
  queue_url = aws_sqs_queue.native1_lost.id
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect" = "Allow"
        "Principal" = {
          "Service" = "events.amazonaws.com"
        }
        "Action" = "sqs:SendMessage"
        "Resource" = aws_sqs_queue.native1_lost.arn
        "Condition" = {
          "ArnEquals" = {
            "aws:SourceArn" = aws_cloudwatch_event_rule.native1_rule.arn
          }
        }
      },
    ]
  })
}

resource "aws_sqs_queue_policy" "native2_lost_policy" {
  queue_url = aws_sqs_queue.native2_lost.id
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect" = "Allow"
        "Principal" = {
          "Service" = "events.amazonaws.com"
        }
        "Action" = "sqs:SendMessage"
        "Resource" = aws_sqs_queue.native2_lost.arn
        "Condition" = {
          "ArnEquals" = {
            "aws:SourceArn" = aws_cloudwatch_event_rule.native2_rule.arn
          }
        }
      },
    ]
  })
}

resource "aws_cloudwatch_metric_alarm" "calls_lost_alarm" {
  alarm_name = "${var.stack_name}-calls-lost-alarm"
  alarm_description = "Events of this account did not reach the queue"
  namespace = "AWS/SQS"
  metric_name = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.calls_lost.name
  }
  statistic = "Maximum"
  period = 300
  evaluation_periods = 1
  threshold = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data = "notBreaching"
  alarm_actions = [
    aws_sns_topic.alarms.arn,
  ]
}

resource "aws_cloudwatch_metric_alarm" "native1_lost_alarm" {
  alarm_name = "${var.stack_name}-native1-lost-alarm"
  alarm_description = "Events of this account did not reach the queue"
  namespace = "AWS/SQS"
  metric_name = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.native1_lost.name
  }
  statistic = "Maximum"
  period = 300
  evaluation_periods = 1
  threshold = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data = "notBreaching"
  alarm_actions = [
    aws_sns_topic.alarms.arn,
  ]
}

resource "aws_cloudwatch_metric_alarm" "native2_lost_alarm" {
  alarm_name = "${var.stack_name}-native2-lost-alarm"
  alarm_description = "Events of this account did not reach the queue"
  namespace = "AWS/SQS"
  metric_name = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.native2_lost.name
  }
  statistic = "Maximum"
  period = 300
  evaluation_periods = 1
  threshold = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data = "notBreaching"
  alarm_actions = [
    aws_sns_topic.alarms.arn,
  ]
}

# The standard message, for machines, in the order of each resource.
resource "aws_sqs_queue" "machines" {
  name = "${var.stack_name}-machines.fifo"
  fifo_queue = true
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled = true
}

resource "aws_cloudwatch_metric_alarm" "machines_alarm" {
  alarm_name = "${var.stack_name}-machines-alarm"
  alarm_description = "A message for machines waits for a week: after another it is lost"
  namespace = "AWS/SQS"
  metric_name = "ApproximateAgeOfOldestMessage"
  dimensions = {
    QueueName = aws_sqs_queue.machines.name
  }
  statistic = "Maximum"
  period = 300
  evaluation_periods = 1
  threshold = 604800
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data = "notBreaching"
  alarm_actions = [
    aws_sns_topic.alarms.arn,
  ]
}

# What Statewire may do, and no more. Where it runs elsewhere than in AWS, attach it to its user.
resource "aws_iam_policy" "permissions" {
  name = "${var.stack_name}-${data.aws_region.current.name}"
  description = "What Statewire may do"
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [for each in [
      {
        "Sid" = "ReadEvents"
        "Effect" = "Allow"
        "Action" = [
          "sqs:ReceiveMessage",
          "sqs:DeleteMessage",
          "sqs:ChangeMessageVisibility",
          "sqs:GetQueueAttributes",
        ]
        "Resource" = aws_sqs_queue.queue.arn
      },
      {
        "Sid" = "TellMachines"
        "Effect" = "Allow"
        "Action" = [
          "sqs:SendMessage",
          "sqs:GetQueueAttributes",
        ]
        "Resource" = aws_sqs_queue.machines.arn
      },
      {
        "Sid" = "LookUpTags"
        "Effect" = "Allow"
        "Action" = "tag:GetResources"
        "Resource" = "*"
      },
      {
        "Sid" = "LookUpTagsOfSpokes"
        "Effect" = "Allow"
        "Action" = "sts:AssumeRole"
        "Resource" = "arn:${data.aws_partition.current.partition}:iam::*:role/${var.look_up_role}"
      },
      local.has_mail_from ? {
        "Sid" = "TellPeople"
        "Effect" = "Allow"
        "Action" = [
          "ses:SendEmail",
          "ses:SendRawEmail",
        ]
        "Resource" = "arn:${data.aws_partition.current.partition}:ses:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:identity/${var.mail_from}"
      } : null,
      local.has_mail_from ? {
        "Sid" = "AskWhetherMailsAreSent"
        "Effect" = "Allow"
        "Action" = "ses:GetAccount"
        "Resource" = "*"
      } : null,
    ] : each if each != null]
  })
}

# The instance that runs Statewire has it.
resource "aws_iam_role" "role" {
  name = "${var.stack_name}-${data.aws_region.current.name}"
  description = "Lets an instance run Statewire"
  assume_role_policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect" = "Allow"
        "Principal" = {
          "Service" = "ec2.amazonaws.com"
        }
        "Action" = "sts:AssumeRole"
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "role" {
  role = aws_iam_role.role.name
  policy_arn = aws_iam_policy.permissions.arn
}

resource "aws_iam_instance_profile" "instance_profile" {
  name = "${var.stack_name}-${data.aws_region.current.name}"
  role = aws_iam_role.role.name
}

resource "aws_sns_topic" "alarms" {
  name = "${var.stack_name}-alarms"
}

# Alarms of this account, and those of spokes that name this topic: their parameter AlarmTopic.
resource "aws_sns_topic_policy" "alarms_policy" {
  arn = aws_sns_topic.alarms.arn
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [for each in [
      {
        "Effect" = "Allow"
        "Principal" = {
          "Service" = "cloudwatch.amazonaws.com"
        }
        "Action" = "sns:Publish"
        "Resource" = aws_sns_topic.alarms.arn
        "Condition" = {
          "StringEquals" = {
            "aws:SourceAccount" = data.aws_caller_identity.current.account_id
          }
        }
      },
      local.has_organization ? {
        "Effect" = "Allow"
        "Principal" = {
          "Service" = "cloudwatch.amazonaws.com"
        }
        "Action" = "sns:Publish"
        "Resource" = aws_sns_topic.alarms.arn
        "Condition" = {
          "StringEquals" = {
            "aws:SourceOrgID" = var.organization_id
          }
        }
      } : null,
    ] : each if each != null]
  })
}

resource "aws_sns_topic_subscription" "alarm_subscription" {
  count = local.has_alarm_mail ? 1 : 0
  topic_arn = aws_sns_topic.alarms.arn
  protocol = "email"
  endpoint = var.alarm_mail
}

resource "aws_cloudwatch_metric_alarm" "age_alarm" {
  alarm_name = "${var.stack_name}-age-alarm"
  alarm_description = "Events wait for ten minutes: Statewire does not read, or too slowly"
  namespace = "AWS/SQS"
  metric_name = "ApproximateAgeOfOldestMessage"
  dimensions = {
    QueueName = aws_sqs_queue.queue.name
  }
  statistic = "Maximum"
  period = 300
  evaluation_periods = 2
  threshold = 600
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data = "notBreaching"
  alarm_actions = [
    aws_sns_topic.alarms.arn,
  ]
}

resource "aws_cloudwatch_metric_alarm" "depth_alarm" {
  alarm_name = "${var.stack_name}-depth-alarm"
  alarm_description = "A hundred thousand events wait"
  namespace = "AWS/SQS"
  metric_name = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.queue.name
  }
  statistic = "Maximum"
  period = 300
  evaluation_periods = 2
  threshold = 100000
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data = "notBreaching"
  alarm_actions = [
    aws_sns_topic.alarms.arn,
  ]
}

resource "aws_cloudwatch_metric_alarm" "dead_letters_alarm" {
  alarm_name = "${var.stack_name}-dead-letters-alarm"
  alarm_description = "Messages were received a hundred times and never stored"
  namespace = "AWS/SQS"
  metric_name = "ApproximateNumberOfMessagesVisible"
  dimensions = {
    QueueName = aws_sqs_queue.dead_letters.name
  }
  statistic = "Maximum"
  period = 300
  evaluation_periods = 1
  threshold = 0
  comparison_operator = "GreaterThanThreshold"
  treat_missing_data = "notBreaching"
  alarm_actions = [
    aws_sns_topic.alarms.arn,
  ]
}

output "queue_url" {
  description = "For `sources`, a source of kind sqs"
  value = aws_sqs_queue.queue.id
}

output "machines_url" {
  description = "For a sink of kind sqs"
  value = aws_sqs_queue.machines.id
}

output "bus_arn" {
  description = "Where spokes send to: their parameter HubBusArn"
  value = aws_cloudwatch_event_bus.bus.arn
}

output "policy_arn" {
  description = "What Statewire may do: for its user, where it runs elsewhere than in AWS"
  value = aws_iam_policy.permissions.arn
}

output "role_arn" {
  description = "An instance that runs Statewire has this role"
  value = aws_iam_role.role.arn
}

output "instance_profile_name" {
  description = "The same, for an instance"
  value = aws_iam_instance_profile.instance_profile.name
}

output "alarms_arn" {
  description = "The topic of all alarms"
  value = aws_sns_topic.alarms.arn
}
