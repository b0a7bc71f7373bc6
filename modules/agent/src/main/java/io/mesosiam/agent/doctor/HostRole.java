package io.mesosiam.agent.doctor;

import io.mesosiam.agent.local.HostMetadata;
import io.mesosiam.agent.local.HttpResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The IAM role of the host itself, by the instance metadata service of EC2. */
public sealed interface HostRole {
    /** No metadata service answers on the host, or it has no role. */
    record None() implements HostRole {}

    /** The host has a role with this name. */
    record Present(String name) implements HostRole {}

    /** A metadata service answers, but doesn't say whether there is a role. */
    record Unknown(String reason) implements HostRole {}

    /** A name of IAM: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
    Pattern NAME = Pattern.compile("[A-Za-z0-9_+=,.@-]{1,64}");

    /** The credentials are below it; this path itself has the name alone. */
    String PATH = "/latest/meta-data/iam/security-credentials/";

    int MAX_ANSWER = 4096;

    /**
     * Asks for the name of the role, never for its credentials.
     *
     * @param services the addresses of the metadata service; the first that answers counts
     * @param waitMillis the limit for a connection, and for each part of an answer
     */
    static HostRole ask(List<InetSocketAddress> services, int waitMillis) {
        for (InetSocketAddress service : services) {
            try {
                return answered(service, waitMillis);
            } catch (IOException e) {
                // no service at this address
            }
        }
        return new None();
    }

    private static HostRole answered(InetSocketAddress service, int waitMillis) throws IOException {
        HttpResponse list = new HostMetadata(service, waitMillis).get(PATH, MAX_ANSWER);
        return switch (list.status()) {
            case 200 ->
                Optional.of(text(list).strip())
                        .filter(name -> NAME.matcher(name).matches())
                        .<HostRole>map(Present::new)
                        .orElseGet(() -> new Unknown("the metadata service answers with no name of a role"));
            // the path exists only with a role
            case 404 -> new None();
            default -> new Unknown("the metadata service answers with status " + list.status());
        };
    }

    private static String text(HttpResponse response) {
        return new String(response.body(), StandardCharsets.US_ASCII);
    }
}
