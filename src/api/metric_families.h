// Metrics in the text form of Prometheus, family by family.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "base/duration_histogram.h"

namespace statewire {

// Not thread-safe.
class MetricFamilies {
 public:
  using Labels = std::vector<prometheus::ClientMetric::Label>;

  // Begin a family; its values follow.
  void counter(std::string name, std::string help);
  void gauge(std::string name, std::string help);
  void value(double value, Labels labels = {});
  // A whole family.
  void histogram(std::string name, std::string help, const DurationHistogram::Counts& counts);

  // Families without a value are left out.
  std::string text() const;

 private:
  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace statewire
