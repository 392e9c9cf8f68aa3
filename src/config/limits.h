// How large a document may be. Aliases count as what they stand for.
#pragma once

#include <cstddef>
#include <cstdint>

namespace statewire {

constexpr size_t kDocumentBytesMax = 16u << 20;
constexpr uint32_t kDocumentNodesMax = 1'000'000;
constexpr uint32_t kDocumentDepthMax = 64;
// Of all values together, after variables and aliases were replaced.
constexpr size_t kDocumentTextBytesMax = 64u << 20;
constexpr size_t kSecretBytesMax = 64u << 10;

}  // namespace statewire
