#include "plant.h"

#include <future>

namespace statewire {
namespace {

constexpr int kHurry = 50;

class RecordingSink final : public Sink {
 public:
  RecordingSink(Plant::Delivered delivered, uint64_t retry_one_in)
      : delivered_(std::move(delivered)), retry_one_in_(retry_one_in) {}

  void deliver(std::span<const Delivery> batch, Completion done) override {
    std::vector<Attempt> attempts;
    for (const Delivery& delivery : batch) {
      delivered_(delivery.sequence, delivery.id);
      const bool is_retry = retry_one_in_ != 0 && ++count_ % retry_one_in_ == 0;
      attempts.push_back({.verdict = is_retry ? Verdict::retry : Verdict::delivered});
    }
    done(std::move(attempts));
  }

 private:
  const Plant::Delivered delivered_;
  const uint64_t retry_one_in_;
  uint64_t count_ = 0;
};

}  // namespace

Time FastClock::now() const {
  static const Time begin = *parse_time("2026-01-01T00:00:00Z");
  return begin + std::chrono::steady_clock::now().time_since_epoch() * kHurry;
}

Plant::Plant(const DiskOptions& disk)
    : disk_(std::make_shared<VolatileDisk>(disk)),
      env_(rocksdb::NewCompositeEnv(disk_)),
      subscription_{.when = Pattern::everything()},
      kind_{.name = "recording",
            .summary = "keeps what it gets",
            .limits = {.batch_deliveries_max = 4, .in_flight_max = 2},
            .open = nullptr} {}

Result<std::unique_ptr<Plant>> Plant::start(const PlantOptions& options, Delivered delivered) {
  std::unique_ptr<Plant> plant(new Plant(options.disk));
  if (Result<void> opened = plant->open(options, std::move(delivered)); !opened) {
    return opened.error();
  }
  return plant;
}

Result<void> Plant::open(const PlantOptions& options, Delivered delivered) {
  Result<std::unique_ptr<Store>> store = Store::open({.path = options.disk.root,
                                                      .free_bytes_min = 0,
                                                      .memory_bytes = options.memory_bytes,
                                                      .env = env_.get()});
  if (!store) return store.error();
  store_ = *std::move(store);
  Result<Catalog> catalog = Catalog::from_compiled(compiled_catalog_bytes());
  if (!catalog) return catalog.error();
  formats_ = std::make_unique<Formats>(Formats::read(Node(), problems_));
  subscription_.name = "machines";
  subscription_.from = StartFrom::earliest;
  subscription_.format = formats_->find("csv");
  PipelineSet set;
  set.parts.push_back(
      {.subscription = subscription_,
       .kind = kind_,
       .sink = std::make_unique<RecordingSink>(std::move(delivered), options.retry_one_in),
       .store = *store_,
       .wall = clock_,
       .teller = {.instance = "power"}});
  dispatcher_ = std::make_unique<Dispatcher>(*store_, clock_, clock_);
  if (Result<void> loaded = dispatcher_->replace(std::move(set), {}); !loaded) return loaded;
  ingest_ = std::make_unique<Ingest>(*store_, clock_,
                                     Knowledge{std::make_shared<Catalog>(*std::move(catalog))},
                                     IngestLimits{}, [this] { dispatcher_->wake(); });
  commits_ = std::thread([this] { ingest_->run(); });
  dispatcher_->expect_run();
  delivers_ = std::thread([this] { dispatcher_->run(); });
  return {};
}

Plant::~Plant() {
  if (!commits_.joinable()) return;
  ingest_->stop();
  commits_.join();
  dispatcher_->stop(std::chrono::seconds(1));
  delivers_.join();
}

Result<void> Plant::submit(uint64_t seed, ChunkName name,
                           std::function<void(Result<ChunkFates>)> done) {
  Chunk chunk{.source = "bus", .done = std::move(done)};
  for (const SentEvent& event : events_of(seed, name)) chunk.text += event.text;
  chunk.text.reserve(chunk.text.size() + kPaddingBytes);
  return ingest_->submit(std::move(chunk));
}

Result<ChunkFates> Plant::submit_and_wait(uint64_t seed, ChunkName name) {
  std::promise<Result<ChunkFates>> promise;
  const Result<void> taken = submit(
      seed, name, [&promise](Result<ChunkFates> fates) { promise.set_value(std::move(fates)); });
  if (!taken) return taken.error();
  return promise.get_future().get();
}

}  // namespace statewire
