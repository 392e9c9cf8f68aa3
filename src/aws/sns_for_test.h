// For tests: an SNS of their own, with an authority, certificates and signatures made here, at a
// server on the loopback that stands in for SNS's hosts and for those of the authority.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "aws/aws_for_test.h"
#include "aws/sns_certificates.h"
#include "base/base64.h"
#include "base/json_writer.h"

namespace statewire {

struct TestCertificate {
  std::shared_ptr<X509> x509;
  std::shared_ptr<EVP_PKEY> key;

  std::string pem() const { return written(PEM_write_bio_X509); }
  std::string der() const { return written(i2d_X509_bio); }

 private:
  template <typename Write>
  std::string written(Write write) const {
    BIO* const bio = BIO_new(BIO_s_mem());
    EXPECT_EQ(write(bio, x509.get()), 1);
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio, &bytes);
    std::string text(bytes, static_cast<size_t>(size));
    BIO_free(bio);
    return text;
  }
};

struct CertificateWish {
  std::string name;
  const TestCertificate* issuer = nullptr;  // Null: signs itself.
  bool is_authority = false;
  std::string issuer_url = {};                // Where the issuer's certificate is said to be.
  Duration begins = -std::chrono::hours(24);  // From now.
  Duration ends = std::chrono::hours(24 * 300);
  std::shared_ptr<EVP_PKEY> key = {};  // Null: a new one.
};

inline std::shared_ptr<EVP_PKEY> new_key(bool is_rsa) {
  EVP_PKEY* const key = is_rsa
                            ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048})
                            : EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", const_cast<char*>("P-256"));
  EXPECT_NE(key, nullptr);
  return {key, EVP_PKEY_free};
}

inline void add_extension(X509* x509, int nid, const std::string& value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  ASSERT_NE(extension, nullptr) << value;
  EXPECT_EQ(X509_add_ext(x509, extension, -1), 1);
  X509_EXTENSION_free(extension);
}

inline TestCertificate make_certificate(const CertificateWish& wish, Time now) {
  static long serial = 1;
  TestCertificate made;
  made.key = wish.key != nullptr ? wish.key : new_key(!wish.is_authority);
  made.x509 = {X509_new(), X509_free};
  X509* const x509 = made.x509.get();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
  const auto seconds = [&](Duration from_now) {
    return static_cast<time_t>(to_ns(now + from_now) / 1'000'000'000);
  };
  ASN1_TIME_set(X509_getm_notBefore(x509), seconds(wish.begins));
  ASN1_TIME_set(X509_getm_notAfter(x509), seconds(wish.ends));
  X509_set_pubkey(x509, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wish.name.c_str()), -1, -1, 0);
  X509_set_issuer_name(
      x509, X509_get_subject_name(wish.issuer == nullptr ? x509 : wish.issuer->x509.get()));
  if (wish.is_authority) {
    add_extension(x509, NID_basic_constraints, "critical,CA:TRUE");
  } else {
    add_extension(x509, NID_subject_alt_name, "DNS:" + wish.name);
  }
  if (!wish.issuer_url.empty()) {
    add_extension(x509, NID_info_access, "caIssuers;URI:" + wish.issuer_url);
  }
  EVP_PKEY* const signer = wish.issuer == nullptr ? made.key.get() : wish.issuer->key.get();
  EXPECT_GT(X509_sign(x509, signer, EVP_sha256()), 0);
  return made;
}

class TestSns {
 public:
  static constexpr const char* kIssuerUrl = "http://crt.test-authority.example/issuer.cer";

  explicit TestSns(Time now)
      : now_(now),
        server_([this](const SeenRequest& request) { return answer(request); }),
        root_(make_certificate({.name = "Test Root", .is_authority = true}, now)),
        issuer_(
            make_certificate({.name = "Test Issuer", .issuer = &root_, .is_authority = true}, now)),
        rsa_(shared_key()),
        ca_file_(testing::TempDir() + "/sns_ca_" + std::to_string(getpid()) + ".pem") {
    std::ofstream(ca_file_) << root_.pem();
    serve("sns.eu-west-1.amazonaws.com/good.pem", certificate({}).pem());
    serve("crt.test-authority.example/issuer.cer", issuer_.der());
    serve("sns.eu-west-1.amazonaws.com/?", "<ConfirmSubscriptionResponse/>");
  }
  ~TestSns() { std::filesystem::remove(ca_file_); }

  SnsAddresses addresses() const {
    return {.request_for =
                [url = server_.url()](const std::string& wanted) {
                  HttpRequest request;
                  request.url = url + "/" + wanted.substr(wanted.find("://") + 3);
                  return request;
                },
            .ca_file = ca_file_};
  }

  // Issued by what kIssuerUrl has, for the public regions' name, unless the wish says otherwise.
  TestCertificate certificate(CertificateWish wish) const {
    if (wish.name.empty()) wish.name = "sns.amazonaws.com";
    if (wish.issuer == nullptr) wish.issuer = &issuer_;
    if (wish.issuer_url.empty()) wish.issuer_url = kIssuerUrl;
    wish.key = rsa_;
    return make_certificate(wish, now_);
  }
  TestCertificate self_signed() const {
    return make_certificate({.name = "sns.amazonaws.com", .key = rsa_}, now_);
  }
  const TestCertificate& issuer() const { return issuer_; }

  // What lies at "host/path", or at all that begin so where it ends in "?".
  void serve(const std::string& place, std::string body) { pages_[place] = std::move(body); }
  void forget(const std::string& place) { pages_.erase(place); }
  size_t asked(const std::string& part) {
    size_t count = 0;
    for (const SeenRequest& request : server_.seen()) {
      if (request.target.find(part) != std::string::npos) ++count;
    }
    return count;
  }

  std::string signature(const SnsMessage& message) const {
    EVP_MD_CTX* const context = EVP_MD_CTX_new();
    const std::string text = signed_text(message);
    const EVP_MD* const digest = message.signature_version == "2" ? EVP_sha256() : EVP_sha1();
    EXPECT_EQ(EVP_DigestSignInit(context, nullptr, digest, nullptr, rsa_.get()), 1);
    std::string bytes(512, '\0');
    size_t size = bytes.size();
    EXPECT_EQ(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(bytes.data()), &size,
                             reinterpret_cast<const unsigned char*>(text.data()), text.size()),
              1);
    EVP_MD_CTX_free(context);
    bytes.resize(size);
    return bytes;
  }

 private:
  HttpServerResponse answer(const SeenRequest& request) {
    const std::string place = request.target.substr(1);
    for (const auto& [known, body] : pages_) {
      if (place == known || (known.ends_with("?") && place.starts_with(known))) {
        return {.status = 200, .content_type = {}, .headers = {}, .body = body};
      }
    }
    return {.status = 404, .content_type = {}, .headers = {}, .body = {}};
  }

  // Making one takes long.
  static std::shared_ptr<EVP_PKEY> shared_key() {
    static const std::shared_ptr<EVP_PKEY> key = new_key(true);
    return key;
  }

  const Time now_;
  std::map<std::string, std::string> pages_;  // Changed only while nothing is asked.
  FakeAws server_;
  const TestCertificate root_;
  const TestCertificate issuer_;
  const std::shared_ptr<EVP_PKEY> rsa_;
  const std::string ca_file_;
};

// As SNS writes it.
inline std::string sns_json(const SnsMessage& message) {
  return json_of([&](JsonWriter& json) {
    json.begin_object();
    json.text("Type", message.type_name);
    json.text("MessageId", message.message_id);
    json.text("TopicArn", message.topic_arn);
    if (message.subject) json.text("Subject", *message.subject);
    json.text("Message", message.message);
    json.text("Timestamp", message.timestamp);
    json.known_text("Token", message.token);
    json.known_text("SubscribeURL", message.subscribe_url);
    json.text("SignatureVersion", message.signature_version);
    json.text("Signature", base64_encoded(message.signature));
    json.text("SigningCertURL", message.signing_certificate_url);
    json.end_object();
  });
}

}  // namespace statewire
