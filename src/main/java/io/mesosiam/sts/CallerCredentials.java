package io.mesosiam.sts;

import io.mesosiam.line.OneLine;
import java.util.Optional;
import org.jboss.logging.Logger;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;

/** The controller's own AWS credentials. Without them no lease is issued or renewed; no policy is refused for it. */
final class CallerCredentials {
    private static final Logger LOG = Logger.getLogger(CallerCredentials.class);
    private static final int LONGEST = 200;

    private final AwsCredentialsProvider provider;

    CallerCredentials(AwsCredentialsProvider provider) {
        this.provider = provider;
    }

    /**
     * Fetches the credentials, which blocks while the SDK does so; the SDK caches them until they expire.
     *
     * @return why there are none; empty if there are
     */
    Optional<String> missing() {
        try {
            return provider.resolveCredentials().accessKeyId().isBlank()
                    ? Optional.of("the controller's AWS credentials are empty")
                    : Optional.empty();
        } catch (SdkException e) {
            LOG.debug("no aws credentials", e);
            return Optional.of(
                    "the controller has no AWS credentials: " + firstSentence(String.valueOf(e.getMessage())));
        }
    }

    /**
     * Shortens the SDK's message, which contains the messages of all its sources in some thousand characters. The full
     * message is in the debug log.
     */
    static String firstSentence(String message) {
        String first = message.lines()
                .findFirst()
                .orElse("")
                .replaceFirst(" \\w+\\(.*$", "")
                .replaceFirst("[:.](\\s.*)?$", "")
                .strip();
        return OneLine.cut(OneLine.of(first), LONGEST);
    }
}
