# Made by `statewire aws template --spoke --format terraform`.

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

variable "hub_bus_arn" {
  type = string
  description = "The output BusArn of the hub"

  validation {
    condition = can(regex("^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/.+$", var.hub_bus_arn))
    error_message = "It must match ^arn:[a-z-]+:events:[a-z0-9-]+:[0-9]{12}:event-bus/.+$."
  }
}

variable "hub_role" {
  type = string
  description = "Roles of the hub's account by this name may look up tags here, and the service's role"
  default = "statewire-*"
}

variable "look_up_role" {
  type = string
  description = "The name of the role that the hub looks up tags with: the same as in the hub"
  default = "statewire-look-up"

  validation {
    condition = can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.look_up_role))
    error_message = "It must match ^[A-Za-z0-9_+=,.@-]{1,64}$."
  }
}

variable "look_up_region" {
  type = string
  description = "The one region whose stack makes that role, as it is the account's. Global services tell their events in us-east-1: have a stack there"
  default = "us-east-1"
}

variable "alarm_mail" {
  type = string
  description = "Who hears of alarms, by mail; empty: subscribe to the topic as you like"
  default = ""
}

variable "alarm_topic" {
  type = string
  description = "A topic of this name in the hub's account and this region hears of alarms, too: statewire-alarms of the hub's stack, and of spokes' there; empty: none"
  default = ""

  validation {
    condition = can(regex("^[A-Za-z0-9_-]*$", var.alarm_topic))
    error_message = "It must match ^[A-Za-z0-9_-]*$."
  }
}

variable "organization_id" {
  type = string
  description = "In the hub's account: alarms of this organisation may come to the topic here; empty: only those of this account"
  default = ""

  validation {
    condition = can(regex("^(o-[a-z0-9]{10,32})?$", var.organization_id))
    error_message = "It must match ^(o-[a-z0-9]{10,32})?$."
  }
}

locals {
  makes_look_up_role = data.aws_region.current.name == var.look_up_region
  has_alarm_mail = !(var.alarm_mail == "")
  has_alarm_topic = !(var.alarm_topic == "")
  has_organization = !(var.organization_id == "")
}

# What the rules may do: send to that bus, which takes events from roles of this path alone. It has no name, as roles belong to all regions.
resource "aws_iam_role" "forward_role" {
  path = "/statewire/"
  description = "Lets rules send to the bus of Statewire"
  assume_role_policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect" = "Allow"
        "Principal" = {
          "Service" = "events.amazonaws.com"
        }
        "Action" = "sts:AssumeRole"
        "Condition" = {
          "StringEquals" = {
            "aws:SourceAccount" = data.aws_caller_identity.current.account_id
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "forward_role" {
  name = "forward"
  role = aws_iam_role.forward_role.id
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect" = "Allow"
        "Action" = "events:PutEvents"
        "Resource" = var.hub_bus_arn
      },
    ]
  })
}

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
  target_id = "hub"
  arn = var.hub_bus_arn
  role_arn = aws_iam_role.forward_role.arn

  dead_letter_config {
    arn = aws_sqs_queue.calls_lost.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts = 185
  }
}

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
  target_id = "hub"
  arn = var.hub_bus_arn
  role_arn = aws_iam_role.forward_role.arn

  dead_letter_config {
    arn = aws_sqs_queue.native1_lost.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts = 185
  }
}

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
  target_id = "hub"
  arn = var.hub_bus_arn
  role_arn = aws_iam_role.forward_role.arn

  dead_letter_config {
    arn = aws_sqs_queue.native2_lost.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 86400
    maximum_retry_attempts = 185
  }
}

# What the hub did not take for a day.
resource "aws_sqs_queue" "calls_lost" {
  name = "${var.stack_name}-calls-lost"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled = true
}

# What the hub did not take for a day.
resource "aws_sqs_queue" "native1_lost" {
  name = "${var.stack_name}-native1-lost"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled = true
}

# What the hub did not take for a day.
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
  alarm_description = "Events did not reach the hub"
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
  alarm_actions = [for each in [
    aws_sns_topic.alarms.arn,
    local.has_alarm_topic ? "arn:${data.aws_partition.current.partition}:sns:${data.aws_region.current.name}:${split(":", var.hub_bus_arn)[4]}:${var.alarm_topic}" : null,
  ] : each if each != null]
}

resource "aws_cloudwatch_metric_alarm" "native1_lost_alarm" {
  alarm_name = "${var.stack_name}-native1-lost-alarm"
  alarm_description = "Events did not reach the hub"
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
  alarm_actions = [for each in [
    aws_sns_topic.alarms.arn,
    local.has_alarm_topic ? "arn:${data.aws_partition.current.partition}:sns:${data.aws_region.current.name}:${split(":", var.hub_bus_arn)[4]}:${var.alarm_topic}" : null,
  ] : each if each != null]
}

resource "aws_cloudwatch_metric_alarm" "native2_lost_alarm" {
  alarm_name = "${var.stack_name}-native2-lost-alarm"
  alarm_description = "Events did not reach the hub"
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
  alarm_actions = [for each in [
    aws_sns_topic.alarms.arn,
    local.has_alarm_topic ? "arn:${data.aws_partition.current.partition}:sns:${data.aws_region.current.name}:${split(":", var.hub_bus_arn)[4]}:${var.alarm_topic}" : null,
  ] : each if each != null]
}

# What Statewire may do here: ask for tags, and for `doctor --aws` whether events can come.
resource "aws_iam_role" "tag_reader" {
  count = local.makes_look_up_role ? 1 : 0
  name = var.look_up_role
  description = "Lets Statewire in the hub look up tags"
  assume_role_policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Effect" = "Allow"
        "Principal" = {
          "AWS" = "arn:${data.aws_partition.current.partition}:iam::${split(":", var.hub_bus_arn)[4]}:root"
        }
        "Action" = "sts:AssumeRole"
        "Condition" = {
          "ArnLike" = {
            "aws:PrincipalArn" = [
              "arn:${data.aws_partition.current.partition}:iam::${split(":", var.hub_bus_arn)[4]}:role/${var.hub_role}",
              "arn:${data.aws_partition.current.partition}:iam::${split(":", var.hub_bus_arn)[4]}:role/statewire/*",
            ]
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy" "tag_reader" {
  count = local.makes_look_up_role ? 1 : 0
  name = "look-up"
  role = aws_iam_role.tag_reader[0].id
  policy = jsonencode({
    "Version" = "2012-10-17"
    "Statement" = [
      {
        "Sid" = "LookUpTags"
        "Effect" = "Allow"
        "Action" = "tag:GetResources"
        "Resource" = "*"
      },
      {
        "Sid" = "LetDoctorLook"
        "Effect" = "Allow"
        "Action" = [
          "events:ListRuleNamesByTarget",
          "cloudtrail:DescribeTrails",
          "cloudtrail:GetTrailStatus",
          "cloudtrail:GetEventSelectors",
        ]
        "Resource" = "*"
      },
    ]
  })
}

resource "aws_sns_topic" "alarms" {
  name = "${var.stack_name}-alarms"
}

# Alarms of this account, and in the hub's those of spokes that name this topic.
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

output "look_up_role_arn" {
  description = "For `accounts`: the role to look up tags with"
  value = local.makes_look_up_role ? aws_iam_role.tag_reader[0].arn : null
}

output "alarms_arn" {
  description = "The topic of the alarms of this account and region"
  value = aws_sns_topic.alarms.arn
}

output "hub_alarms_arn" {
  description = "Where they go to in the hub's account: a topic that must be there"
  value = local.has_alarm_topic ? "arn:${data.aws_partition.current.partition}:sns:${data.aws_region.current.name}:${split(":", var.hub_bus_arn)[4]}:${var.alarm_topic}" : null
}
