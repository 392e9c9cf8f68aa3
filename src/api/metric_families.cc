#include "api/metric_families.h"

#include <prometheus/text_serializer.h>

#include <limits>
#include <sstream>

namespace statewire {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

void MetricFamilies::counter(std::string name, std::string help) {
  families_.push_back({std::move(name), std::move(help), MetricType::Counter, {}});
}

void MetricFamilies::gauge(std::string name, std::string help) {
  families_.push_back({std::move(name), std::move(help), MetricType::Gauge, {}});
}

void MetricFamilies::value(double value, Labels labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  if (families_.back().type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
  families_.back().metric.push_back(std::move(metric));
}

void MetricFamilies::histogram(std::string name, std::string help,
                               const DurationHistogram::Counts& counts) {
  ClientMetric metric;
  metric.histogram.sample_count = counts.total();
  metric.histogram.sample_sum = counts.sum_seconds;
  uint64_t so_far = 0;
  for (size_t i = 0; i < counts.buckets.size(); ++i) {
    so_far += counts.buckets[i];
    const bool has_bound = i < DurationHistogram::kBoundsSeconds.size();
    metric.histogram.bucket.push_back({so_far, has_bound
                                                   ? DurationHistogram::kBoundsSeconds[i]
                                                   : std::numeric_limits<double>::infinity()});
  }
  families_.push_back({std::move(name), std::move(help), MetricType::Histogram, {metric}});
}

std::string MetricFamilies::text() const {
  std::vector<MetricFamily> shown;
  for (const MetricFamily& family : families_) {
    if (!family.metric.empty()) shown.push_back(family);
  }
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, shown);
  return std::move(out).str();
}

}  // namespace statewire
