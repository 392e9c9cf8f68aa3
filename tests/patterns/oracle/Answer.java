import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.Machine;

/**
 * What event-ruler says. Reads {"pattern": text, "events": [text, ...]} lines; answers each with a
 * line: "refused: reason", or for each event 1 (matches), 0 (does not) or E (is no event).
 */
final class Answer {
  public static void main(String[] arguments) throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.print(answer(mapper.readTree(line)));
        out.print('\n');
      }
    }
    out.flush();
  }

  private static String answer(JsonNode question) {
    Machine machine = Machine.builder().build();
    try {
      machine.addRule("r", question.get("pattern").textValue());
    } catch (Exception refused) {
      return "refused: " + String.valueOf(refused.getMessage()).replace('\n', ' ');
    }
    StringBuilder answers = new StringBuilder();
    for (JsonNode event : question.get("events")) {
      try {
        answers.append(machine.rulesForJSONEvent(event.textValue()).isEmpty() ? '0' : '1');
      } catch (Exception unreadable) {
        answers.append('E');
      }
    }
    return answers.toString();
  }
}
