package io.mesosiam.agent.sdk;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mesosiam.sandbox.process.JavaProgram;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/**
 * What the AWS SDK for Java v2 gets from its default chain: a command a line on standard input, an answer a line on
 * standard output.
 *
 * <p>{@code first}: a new provider fetches; {@code again}: the same provider is called once more.
 */
public final class JavaClient {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JavaClient() {}

    /** The command that starts this program. */
    static List<String> command() {
        return List.of(
                JavaProgram.java(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                JavaClient.class.getName());
    }

    public static void main(String[] arguments) throws IOException {
        DefaultCredentialsProvider provider =
                DefaultCredentialsProvider.builder().build();
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String command = in.readLine(); command != null; command = in.readLine()) {
            if (command.equals("first")) {
                provider.close();
                provider = DefaultCredentialsProvider.builder().build();
            }
            long begun = System.nanoTime();
            String field;
            String value;
            try {
                field = "accessKeyId";
                value = provider.resolveCredentials().accessKeyId();
            } catch (RuntimeException e) {
                field = "error";
                value = e.toString();
            }
            long millis = (System.nanoTime() - begun) / 1_000_000;
            System.out.println(JSON.writeValueAsString(Map.of(field, value, "millis", millis)));
        }
    }
}
