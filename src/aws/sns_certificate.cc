#include "aws/sns_certificate.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "base/check.h"
#include "base/limits.h"

namespace statewire {
namespace {

constexpr int kKeyBitsMin = 2048;
constexpr int kSecurityLevel = 2;  // Of 112 bits: no SHA-1 and no short keys in the chain.

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free>>;
using TrustStore = std::unique_ptr<X509_STORE, Freer<X509_STORE_free>>;
using Check = std::unique_ptr<X509_STORE_CTX, Freer<X509_STORE_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
// Its certificates belong to others.
using Stack =
    std::unique_ptr<STACK_OF(X509), decltype([](STACK_OF(X509) * stack) { sk_X509_free(stack); })>;

// Errors of the library stay with the thread until they are taken.
struct ForgetErrors {
  ~ForgetErrors() { ERR_clear_error(); }
};

Bio bio_of(std::string_view bytes) {
  Bio bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  CHECK(bio != nullptr);
  return bio;
}

std::vector<Certificate> read_pem(std::string_view pem) {
  const ForgetErrors forget;
  const Bio bio = bio_of(pem);
  std::vector<Certificate> certificates;
  while (certificates.size() < kCertificateChainMax) {
    Certificate next(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (next == nullptr) break;
    certificates.push_back(std::move(next));
  }
  return certificates;
}

TrustStore trust_store(const std::string& ca_file) {
  TrustStore store(X509_STORE_new());
  CHECK(store != nullptr);
  const int loaded = ca_file.empty() ? X509_STORE_set_default_paths(store.get())
                                     : X509_STORE_load_file(store.get(), ca_file.c_str());
  return loaded == 1 ? std::move(store) : nullptr;
}

bool is_for_one_of(X509* certificate, const std::vector<std::string>& names) {
  return std::ranges::any_of(names, [&](const std::string& name) {
    return X509_check_host(certificate, name.data(), name.size(), X509_CHECK_FLAG_NO_WILDCARDS,
                           nullptr) == 1;
  });
}

std::optional<Time> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return std::chrono::system_clock::from_time_t(::timegm(&parts));
}

}  // namespace

struct SnsSigningKey::Inside {
  Key key;
  Time expires;
};

struct SnsCertificate::Inside {
  std::vector<Certificate> certificates;  // At least one.
};

bool SnsSigningKey::has_signed(std::string_view text, std::string_view signature,
                               std::string_view version) const {
  const ForgetErrors forget;
  const EVP_MD* const digest = version == "2"   ? EVP_sha256()
                               : version == "1" ? EVP_sha1()
                                                : nullptr;
  if (digest == nullptr) return false;
  const DigestContext context(EVP_MD_CTX_new());
  CHECK(context != nullptr);
  const auto bytes = [](std::string_view view) {
    return reinterpret_cast<const unsigned char*>(view.data());
  };
  return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, inside_->key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text),
                          text.size()) == 1;
}

Time SnsSigningKey::expires() const { return inside_->expires; }

Result<SnsCertificate> SnsCertificate::read(std::string_view pem) {
  auto inside = std::make_shared<Inside>();
  inside->certificates = read_pem(pem);
  if (inside->certificates.empty()) return bad_input("no certificate");
  return SnsCertificate(std::move(inside));
}

Result<void> SnsCertificate::add_issuer(std::string_view bytes) {
  const ForgetErrors forget;
  if (inside_->certificates.size() >= kCertificateChainMax) {
    return bad_input("too many certificates");
  }
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  Certificate issuer(d2i_X509(nullptr, &at, static_cast<long>(bytes.size())));
  if (issuer == nullptr) {
    std::vector<Certificate> found = read_pem(bytes);
    if (found.empty()) return bad_input("the issuer's certificate is none");
    issuer = std::move(found.front());
  }
  inside_->certificates.push_back(std::move(issuer));
  return {};
}

std::string SnsCertificate::issuer_url() const {
  const ForgetErrors forget;
  X509* const last = inside_->certificates.back().get();
  const std::unique_ptr<AUTHORITY_INFO_ACCESS, Freer<AUTHORITY_INFO_ACCESS_free>> access(
      static_cast<AUTHORITY_INFO_ACCESS*>(
          X509_get_ext_d2i(last, NID_info_access, nullptr, nullptr)));
  if (access == nullptr) return {};
  for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
    const ACCESS_DESCRIPTION* const each = sk_ACCESS_DESCRIPTION_value(access.get(), i);
    if (OBJ_obj2nid(each->method) != NID_ad_ca_issuers || each->location->type != GEN_URI) continue;
    const ASN1_IA5STRING* const url = each->location->d.uniformResourceIdentifier;
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(url)),
            static_cast<size_t>(ASN1_STRING_length(url))};
  }
  return {};
}

Result<SnsSigningKey> SnsCertificate::check(const Trust& trust) const {
  const ForgetErrors forget;
  X509* const own = inside_->certificates.front().get();
  if (!is_for_one_of(own, trust.names)) return bad_input("the certificate is not one of SNS");
  const TrustStore store = trust_store(trust.ca_file);
  if (store == nullptr) return failed("the authorities to trust cannot be read");
  const Stack others(sk_X509_new_null());
  CHECK(others != nullptr);
  for (const Certificate& each : inside_->certificates) {
    CHECK(sk_X509_push(others.get(), each.get()) > 0);
  }
  const Check check(X509_STORE_CTX_new());
  CHECK(check != nullptr && X509_STORE_CTX_init(check.get(), store.get(), own, others.get()) == 1);
  X509_VERIFY_PARAM* const rules = X509_STORE_CTX_get0_param(check.get());
  X509_VERIFY_PARAM_set_time(
      rules, std::chrono::system_clock::to_time_t(
                 std::chrono::time_point_cast<std::chrono::system_clock::duration>(trust.now)));
  X509_VERIFY_PARAM_set_auth_level(rules, kSecurityLevel);
  if (X509_verify_cert(check.get()) != 1) {
    const int code = X509_STORE_CTX_get_error(check.get());
    const std::string text = std::string("the certificate: ") + X509_verify_cert_error_string(code);
    const bool lacks_issuer = code == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
                              code == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
    return lacks_issuer ? not_found(text) : bad_input(text);
  }
  Key key(X509_get_pubkey(own));
  if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA ||
      EVP_PKEY_get_bits(key.get()) < kKeyBitsMin) {
    return bad_input("the certificate's key is no RSA key of 2,048 bits");
  }
  const std::optional<Time> expires = time_of(X509_get0_notAfter(own));
  if (!expires) return bad_input("the certificate does not say when it ends");
  return SnsSigningKey(std::make_shared<SnsSigningKey::Inside>(std::move(key), *expires));
}

}  // namespace statewire
