// A row for each error code that the services document for the calls made here, and those that all
// services share. `tests/edges` compares them with the models of botocore.
#include "aws/fault.h"

#include <algorithm>
#include <string>

#include "base/check.h"
#include "net/http_message.h"

namespace statewire {
namespace {

// Codes are compared without regard to case, and without "Exception" at their end, which not all
// services write.
struct CodeRow {
  std::string_view code;
  AwsFault fault;
  std::string_view service = {};  // Empty: any. A row of one service stands before that of all.
};

constexpr CodeRow kCodes[] = {
    // Too much at once.
    {"BandwidthLimitExceeded", AwsFault::throttled},
    {"EC2Throttled", AwsFault::throttled},
    {"ENILimitReached", AwsFault::throttled},
    {"KMSThrottled", AwsFault::throttled},
    {"KMSThrottling", AwsFault::throttled},
    {"LimitExceeded", AwsFault::throttled},
    {"OverLimit", AwsFault::throttled},
    {"PriorRequestNotComplete", AwsFault::throttled},
    {"ProvisionedThroughputExceeded", AwsFault::throttled},
    {"RequestLimitExceeded", AwsFault::throttled},
    {"RequestThrottled", AwsFault::throttled},
    {"RequestThrottling", AwsFault::throttled},
    {"ServiceQuotaExceeded", AwsFault::throttled},
    {"SlowDown", AwsFault::throttled},
    {"SubnetIPAddressLimitReached", AwsFault::throttled},
    {"Throttled", AwsFault::throttled},
    {"Throttling", AwsFault::throttled},
    {"TooManyRequests", AwsFault::throttled},
    {"TransactionInProgress", AwsFault::throttled},

    // Their trouble, and what is under way.
    {"AuthorizationPending", AwsFault::transient},
    {"BadDigest", AwsFault::transient},  // It was damaged on its way.
    {"CodeArtifactUserPending", AwsFault::transient},
    {"ConcurrentAccess", AwsFault::transient},
    {"ConcurrentModification", AwsFault::transient},
    {"Conflict", AwsFault::transient},
    {"ConditionalRequestConflict", AwsFault::transient},
    {"EC2Unexpected", AwsFault::transient},
    {"EFSIO", AwsFault::transient},
    {"EFSMountConnectivity", AwsFault::transient},
    {"EFSMountTimeout", AwsFault::transient},
    {"ENINotReady", AwsFault::transient},
    {"IDPCommunicationError", AwsFault::transient},
    {"IncompleteBody", AwsFault::transient},
    {"Internal", AwsFault::transient},
    {"InternalError", AwsFault::transient},
    {"InternalFailure", AwsFault::transient},
    {"InternalServer", AwsFault::transient},
    {"InternalServerError", AwsFault::transient},
    {"InternalService", AwsFault::transient},
    {"InternalServiceError", AwsFault::transient},
    {"InvalidDigest", AwsFault::transient},
    {"OperationAborted", AwsFault::transient},
    {"PaginationTokenExpired", AwsFault::transient},
    {"Redirect", AwsFault::transient},  // A new bucket, which not all names lead to yet.
    {"RequestAborted", AwsFault::transient},
    {"RequestTimeout", AwsFault::transient},
    {"ResourceConflict", AwsFault::transient},  // A function that is being changed.
    {"ResourceNotReady", AwsFault::transient},
    {"S3FilesMountConnectivity", AwsFault::transient},
    {"S3FilesMountTimeout", AwsFault::transient},
    {"Service", AwsFault::transient},
    {"ServiceUnavailable", AwsFault::transient},
    {"SnapStartNotReady", AwsFault::transient},
    {"SnapStartRegenerationFailure", AwsFault::transient},
    {"SnapStartTimeout", AwsFault::transient},
    {"TemporaryRedirect", AwsFault::transient},
    {"XAmzContentSHA256Mismatch", AwsFault::transient},

    {"RequestExpired", AwsFault::skewed},
    {"RequestInTheFuture", AwsFault::skewed},
    {"RequestTimeTooSkewed", AwsFault::skewed},

    // Keys that were replaced are unknown from one moment to the next.
    {"ExpiredToken", AwsFault::expired},
    {"InvalidAccessKeyId", AwsFault::expired},
    {"InvalidClientTokenId", AwsFault::expired},
    {"TokenRefreshRequired", AwsFault::expired},
    {"UnrecognizedClient", AwsFault::expired},

    {"AccessDenied", AwsFault::denied},
    {"AccountProblem", AwsFault::denied},
    {"AccountSuspended", AwsFault::denied},
    {"AllAccessDisabled", AwsFault::denied},
    {"AuthFailure", AwsFault::denied},
    {"AuthorizationError", AwsFault::denied},
    {"EC2AccessDenied", AwsFault::denied},
    {"IDPRejectedClaim", AwsFault::denied},
    {"IncompleteSignature", AwsFault::denied},
    {"InvalidAccountId", AwsFault::denied},
    {"InvalidClient", AwsFault::denied},
    {"InvalidContextAssertion", AwsFault::denied},
    {"InvalidGrant", AwsFault::denied},
    {"InvalidIdentityToken", AwsFault::denied},
    {"InvalidScope", AwsFault::denied},
    {"InvalidSecurity", AwsFault::denied},
    {"InvalidSignature", AwsFault::denied},
    {"InvalidToken", AwsFault::denied},
    {"KMSAccessDenied", AwsFault::denied},
    {"KMSOptInRequired", AwsFault::denied},
    {"MailFromDomainNotVerified", AwsFault::denied},
    {"MissingAuthenticationToken", AwsFault::denied},
    {"MissingSecurityHeader", AwsFault::denied},
    {"NotAuthorized", AwsFault::denied},
    {"NotAuthorizedForDetailType", AwsFault::denied},
    {"NotAuthorizedForSource", AwsFault::denied},
    {"NotSignedUp", AwsFault::denied},
    {"OptInRequired", AwsFault::denied},
    {"RegionDisabled", AwsFault::denied},
    {"SendingPaused", AwsFault::denied},
    {"SignatureDoesNotMatch", AwsFault::denied},
    {"Unauthorized", AwsFault::denied},
    {"UnauthorizedClient", AwsFault::denied},
    {"UnauthorizedOperation", AwsFault::denied},

    {"CodeArtifactUserDeleted", AwsFault::missing},
    {"InvalidAddress", AwsFault::missing},  // Of a queue.
    {"KMSNotFound", AwsFault::missing},
    {"NoPublishedVersion", AwsFault::missing},
    {"NoSuchBucket", AwsFault::missing},
    {"NoSuchKey", AwsFault::missing},
    {"NonExistentQueue", AwsFault::missing},
    {"NotFound", AwsFault::missing},
    {"QueueDeletedRecently", AwsFault::missing},
    {"QueueDoesNotExist", AwsFault::missing},
    {"ResourceNotFound", AwsFault::missing},
    {"RuntimeAliasDeleted", AwsFault::missing},
    {"RuntimeVersionDeleted", AwsFault::missing},

    // In another region, or set up so that nothing passes.
    {"AuthorizationHeaderMalformed", AwsFault::refused},
    {"AuthorizationQueryParametersError", AwsFault::refused},
    {"CodeArtifactUserFailed", AwsFault::refused},
    {"EFSMountFailure", AwsFault::refused},
    {"EncryptionTypeMismatch", AwsFault::refused},
    {"EndpointDisabled", AwsFault::refused},
    {"IllegalLocationConstraint", AwsFault::refused},
    {"InvalidAction", AwsFault::refused},
    {"InvalidBucketName", AwsFault::refused},
    {"InvalidBucketState", AwsFault::refused},
    {"InvalidEncryptionAlgorithmError", AwsFault::refused},
    {"InvalidObjectState", AwsFault::refused},
    {"InvalidPayer", AwsFault::refused},
    {"InvalidRuntime", AwsFault::refused},
    {"InvalidSecurityGroupID", AwsFault::refused},
    {"InvalidStorageClass", AwsFault::refused},
    {"InvalidSubnetID", AwsFault::refused},
    {"InvalidURI", AwsFault::refused},
    {"InvalidZipFile", AwsFault::refused},
    {"KMSDisabled", AwsFault::refused},
    {"KMSInvalidKeyUsage", AwsFault::refused},
    {"KMSInvalidState", AwsFault::refused},
    {"KeyTooLongError", AwsFault::refused},  // Made of the prefix and the subscription.
    {"MalformedPolicyDocument", AwsFault::refused},
    {"MethodNotAllowed", AwsFault::refused},
    {"ModeNotSupported", AwsFault::refused},
    {"NotImplemented", AwsFault::refused},
    {"PackedPolicyTooLarge", AwsFault::refused},
    {"PermanentRedirect", AwsFault::refused},  // A bucket of another region.
    {"PlatformApplicationDisabled", AwsFault::refused},
    {"RecursiveInvocation", AwsFault::refused},
    {"S3FilesMountFailure", AwsFault::refused},
    {"SnapStart", AwsFault::refused},  // The function's own start fails.
    {"UnknownOperation", AwsFault::refused},
    {"UnsupportedGrantType", AwsFault::refused},
    {"UnsupportedMediaType", AwsFault::refused},
    {"UnsupportedOperation", AwsFault::refused},
    // What an object holds is never looked at: this is about the bucket and what it asks for.
    {"InvalidArgument", AwsFault::refused, "s3"},
    {"InvalidRequest", AwsFault::refused},

    {"BadRequest", AwsFault::invalid},
    {"BatchRequestTooLong", AwsFault::invalid},
    {"EntityTooLarge", AwsFault::invalid},
    {"InvalidArgument", AwsFault::invalid},
    {"InvalidIdFormat", AwsFault::invalid},
    {"InvalidMessageContents", AwsFault::invalid},
    {"InvalidParameter", AwsFault::invalid},
    {"InvalidParameterValue", AwsFault::invalid},
    {"InvalidRequestContent", AwsFault::invalid},
    {"MalformedDetail", AwsFault::invalid},
    {"MessageRejected", AwsFault::invalid},
    {"MessageNotInflight", AwsFault::invalid},
    {"MessageTooLong", AwsFault::invalid},
    {"ParameterValueInvalid", AwsFault::invalid},
    {"ReceiptHandleIsInvalid", AwsFault::invalid},
    {"RedactionFailure", AwsFault::invalid},
    {"RequestEntityTooLarge", AwsFault::invalid},
    {"RequestTooLarge", AwsFault::invalid},
    {"Serialization", AwsFault::invalid},
    {"SerializedRequestEntityTooLarge", AwsFault::invalid},
    {"Validation", AwsFault::invalid},
    {"ValidationError", AwsFault::invalid},

    // Of how the request was put together, which says nothing about what is in it.
    {"BatchEntryIdsNotDistinct", AwsFault::unknown},
    {"DurableExecutionAlreadyStarted", AwsFault::unknown},
    {"EmptyBatchRequest", AwsFault::unknown},
    {"InvalidBatchEntryId", AwsFault::unknown},
    {"InvalidWriteOffset", AwsFault::unknown},
    {"TooManyEntriesInBatchRequest", AwsFault::unknown},
    {"TooManyParts", AwsFault::unknown},
};

struct StatusRow {
  int from;
  int to;
  AwsFault fault;
};

// For codes that are not known. The first that fits.
constexpr StatusRow kStatuses[] = {
    {200, 299, AwsFault::none},      {307, 307, AwsFault::transient},
    {300, 399, AwsFault::refused},  // Not followed: a signature is for one host.
    {401, 401, AwsFault::denied},    {403, 403, AwsFault::denied},
    {404, 404, AwsFault::missing},   {405, 405, AwsFault::refused},
    {407, 407, AwsFault::denied},    {408, 409, AwsFault::transient},
    {410, 410, AwsFault::missing},   {413, 413, AwsFault::invalid},
    {415, 415, AwsFault::refused},   {425, 425, AwsFault::transient},
    {429, 429, AwsFault::throttled}, {500, 999, AwsFault::transient},
};

const CodeRow* row_for(const AwsError& error) {
  std::string_view code = bare_code(error.code);
  // As S3 writes what others write without the dot.
  std::string of_kms;
  constexpr std::string_view kKms = "KMS.";
  if (code.starts_with(kKms)) code = of_kms = "KMS" + std::string(code.substr(kKms.size()));
  constexpr std::string_view kEnd = "Exception";
  if (code.size() > kEnd.size() &&
      equal_ignoring_case(code.substr(code.size() - kEnd.size()), kEnd)) {
    code.remove_suffix(kEnd.size());
  }
  const auto row = std::ranges::find_if(kCodes, [&](const CodeRow& each) {
    return equal_ignoring_case(each.code, code) &&
           (each.service.empty() || each.service == error.service);
  });
  return row == std::end(kCodes) ? nullptr : row;
}

}  // namespace

std::string_view name_of(AwsFault fault) {
  switch (fault) {
    case AwsFault::none:
      return "none";
    case AwsFault::network:
      return "network";
    case AwsFault::throttled:
      return "throttled";
    case AwsFault::transient:
      return "transient";
    case AwsFault::skewed:
      return "skewed";
    case AwsFault::expired:
      return "expired";
    case AwsFault::denied:
      return "denied";
    case AwsFault::missing:
      return "missing";
    case AwsFault::refused:
      return "refused";
    case AwsFault::invalid:
      return "invalid";
    case AwsFault::unknown:
      return "unknown";
  }
  CHECK(false);
}

AwsRemedy remedy_for(AwsFault fault) {
  switch (fault) {
    case AwsFault::none:
      return AwsRemedy::none;
    case AwsFault::network:
    case AwsFault::throttled:
    case AwsFault::transient:
    case AwsFault::skewed:
    case AwsFault::unknown:
      return AwsRemedy::time;
    case AwsFault::expired:
    case AwsFault::denied:
    case AwsFault::missing:
    case AwsFault::refused:
      return AwsRemedy::person;
    case AwsFault::invalid:
      return AwsRemedy::request;
  }
  CHECK(false);
}

AwsFault fault_of(const AwsError& error) {
  AwsFault fault = AwsFault::unknown;
  if (const CodeRow* const row = row_for(error)) {
    fault = row->fault;
  } else if (const auto status = std::ranges::find_if(kStatuses,
                                                      [&](const StatusRow& each) {
                                                        return error.status >= each.from &&
                                                               error.status <= each.to;
                                                      });
             status != std::end(kStatuses)) {
    fault = status->fault;
  }
  // A service that blames itself cannot mean the request.
  const bool is_theirs = error.blame == AwsBlame::service;
  return is_theirs && (fault == AwsFault::invalid || fault == AwsFault::unknown)
             ? AwsFault::transient
             : fault;
}

bool is_known(const AwsError& error) { return row_for(error) != nullptr; }

std::string_view bare_code(std::string_view code) {
  code = code.substr(0, code.find(':'));
  const size_t hash = code.rfind('#');
  if (hash != code.npos) code.remove_prefix(hash + 1);
  constexpr std::string_view kQueues = "AWS.SimpleQueueService.";
  if (code.starts_with(kQueues)) code.remove_prefix(kQueues.size());
  return code;
}

}  // namespace statewire
