#include "sinks/webhook_signature.h"

#include <chrono>
#include <optional>

#include "base/base64.h"
#include "base/hmac.h"
#include "base/limits.h"
#include "config/secret.h"

namespace statewire {
namespace {

constexpr std::string_view kPrefix = "whsec_";

// The bytes of "whsec_<base64>"; nothing where it is not of that form.
std::optional<std::string> key_of(const std::string& secret) {
  if (!secret.starts_with(kPrefix)) return std::nullopt;
  std::optional<std::string> key = base64_decoded(secret.substr(kPrefix.size()));
  if (!key || key->size() < kWebhookKeyBytesMin || key->size() > kWebhookKeyBytesMax) {
    return std::nullopt;
  }
  return key;
}

}  // namespace

WebhookSigner WebhookSigner::read(const Node& sign) {
  WebhookSigner signer;
  if (!sign) return signer;
  const std::vector<Node> items = sign.items_or_itself();
  if (items.empty() || items.size() > kWebhookSecretsMax) {
    sign.error("expected 1 to " + std::to_string(kWebhookSecretsMax) + " secrets");
  }
  for (const Node& item : items) {
    MapReader reader(item);
    const std::optional<Secret> secret = required_secret(reader, "secret");
    if (!secret) continue;
    std::optional<std::string> key = key_of(secret->reveal());
    if (key) {
      signer.keys_.push_back(std::move(*key));
    } else {
      item.error("a secret is whsec_ and the base64 of " + std::to_string(kWebhookKeyBytesMin) +
                 " to " + std::to_string(kWebhookKeyBytesMax) + " random bytes");
    }
  }
  return signer;
}

std::vector<HttpHeader> WebhookSigner::headers(std::string_view id, Time now,
                                               std::string_view body) const {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  const std::string timestamp = std::to_string(seconds);
  std::string text;
  text.append(id).append(".").append(timestamp).append(".").append(body);
  std::string signatures;
  for (const std::string& key : keys_) {
    signatures += signatures.empty() ? "v1," : " v1,";
    signatures += base64_encoded(hmac_sha256(key, text));
  }
  return {{"webhook-timestamp", timestamp}, {"webhook-signature", signatures}};
}

}  // namespace statewire
