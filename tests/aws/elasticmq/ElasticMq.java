import org.elasticmq.rest.sqs.SQSRestServerBuilder;

/** Serves queues on the loopback until it is ended: java ElasticMq.java PORT */
public class ElasticMq {
  public static void main(String[] arguments) {
    SQSRestServerBuilder.withInterface("127.0.0.1")
        .withPort(Integer.parseInt(arguments[0]))
        .start()
        .waitUntilStarted();
  }
}
