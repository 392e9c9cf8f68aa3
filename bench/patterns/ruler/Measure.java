import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import software.amazon.event.ruler.Machine;

/**
 * One row of the table, by event-ruler: Measure EVENTS RULES COUNT BUILD_SECONDS WARM_UP_SECONDS
 * SECONDS. Its events are strings in memory before anything is measured. Prints a line of JSON when
 * it is ready, and then one for each line that it reads: a round of so many seconds.
 */
final class Measure {
  private static final int EVENTS_BETWEEN_LOOKS_AT_THE_CLOCK = 64;
  private static final int ROUNDS_MAX = 12;
  /** Before each round, so that what other programs did to the caches is not measured. */
  private static final double WARM_AGAIN_SECONDS = 0.05;
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final long WARM_UP_NANOS_MIN = 3_000_000_000L;

  private final Machine machine = Machine.builder().build();
  private final List<String> events;
  private int next = 0;
  private long sink = 0;

  private Measure(List<String> events) {
    this.events = events;
  }

  public static void main(String[] arguments) throws Exception {
    List<String> events = Files.readAllLines(Path.of(arguments[0]), StandardCharsets.UTF_8);
    Measure measure = new Measure(events);
    measure.run(Path.of(arguments[1]), Integer.parseInt(arguments[2]),
        Double.parseDouble(arguments[3]), Double.parseDouble(arguments[4]),
        Double.parseDouble(arguments[5]));
  }

  private void run(Path rules, int count, double buildSeconds, double warmUpSeconds,
      double seconds) throws Exception {
    long before = usedBytes();
    long begin = SYSTEM.getProcessCpuTime();
    String problem = build(rules, count, buildSeconds);
    double built = (SYSTEM.getProcessCpuTime() - begin) / 1e9;
    if (problem != null) {
      System.out.println("{\"problem\": \"" + problem.replace("\\", "\\\\").replace("\"", "\\\"")
          .replace("\n", " ") + "\"}");
      return;
    }
    long memory = usedBytes() - before;
    StringBuilder matches = new StringBuilder();
    firstPass(warmUpSeconds * 3, matches);
    warmUp(warmUpSeconds);
    System.out.printf("{\"build_seconds\": %.3f, \"memory_bytes\": %d, \"matches\": {%s}}%n",
        built, memory, matches);
    BufferedReader rounds = new BufferedReader(new InputStreamReader(System.in));
    while (rounds.readLine() != null) {
      long[] nanos = new long[1];
      loop(WARM_AGAIN_SECONDS, nanos);
      long measured = loop(seconds, nanos);
      System.out.printf("{\"events_per_second\": %.1f, \"sink\": %d}%n",
          measured * 1e9 / nanos[0], sink);
    }
  }

  /** Why the rules could not be built; null where they were. */
  private String build(Path rules, int count, double seconds) throws Exception {
    long end = SYSTEM.getProcessCpuTime() + (long) (seconds * 1e9);
    try (BufferedReader reader = Files.newBufferedReader(rules, StandardCharsets.UTF_8)) {
      for (int i = 0; i < count; ++i) {
        String rule = reader.readLine();
        try {
          machine.addRule("r" + i, rule);
        } catch (Exception refused) {
          return "refuses " + rule + ": " + refused.getMessage();
        } catch (OutOfMemoryError exhausted) {
          return "out of memory after " + i + " rules";
        }
        if (i % 256 == 0 && SYSTEM.getProcessCpuTime() > end) {
          return "building takes too long: " + i + " rules in " + Math.round(seconds) + " s";
        }
      }
    }
    return null;
  }

  /** Counts matches up to each power of ten, as far as the time goes. */
  private void firstPass(double seconds, StringBuilder matches) throws Exception {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    long count = 0;
    long power = 1;
    for (int i = 0; i < events.size(); ++i) {
      count += machine.rulesForJSONEvent(events.get(i)).size();
      if (i + 1 == power || i + 1 == events.size()) {
        matches.append(matches.length() == 0 ? "" : ", ").append('"').append(i + 1)
            .append("\": ").append(count);
        power *= 10;
      }
      if (System.nanoTime() > end) {
        break;
      }
    }
  }

  /** Until it gets no faster: compiling takes longer where other programs run too. */
  private void warmUp(double seconds) throws Exception {
    double best = 0;
    int worse = 0;
    long all = 0;
    for (int round = 0; round < ROUNDS_MAX && (worse < 2 || all < WARM_UP_NANOS_MIN); ++round) {
      long[] nanos = new long[1];
      double rate = loop(seconds, nanos) * 1e9 / nanos[0];
      all += nanos[0];
      worse = rate > best * 1.05 ? 0 : worse + 1;
      best = Math.max(best, rate);
    }
  }

  /** How many events, and by how much processor time: other processes take nothing from it. */
  private long loop(double seconds, long[] nanos) throws Exception {
    long begin = System.nanoTime();
    long processorBegin = SYSTEM.getProcessCpuTime();
    long wanted = (long) (seconds * 1e9);
    long done = 0;
    int between = 1;
    do {
      long round = System.nanoTime();
      for (int i = 0; i < between; ++i) {
        sink += machine.rulesForJSONEvent(events.get(next)).size();
        next = next + 1 == events.size() ? 0 : next + 1;
      }
      done += between;
      // Slow events: look at the clock after each.
      between = System.nanoTime() - round < 10_000_000 ? EVENTS_BETWEEN_LOOKS_AT_THE_CLOCK : 1;
    } while (System.nanoTime() - begin < wanted);
    nanos[0] = SYSTEM.getProcessCpuTime() - processorBegin;
    return done;
  }

  private static long usedBytes() {
    for (int i = 0; i < 3; ++i) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
