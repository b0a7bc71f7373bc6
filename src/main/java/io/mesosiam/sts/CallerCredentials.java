package io.mesosiam.sts;

import java.util.Optional;
import org.jboss.logging.Logger;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * What the controller calls STS with, and whether there is any. If there is none, that is not a policy's fault, and no lease is issued or renewed until
 * there is.
 */
final class CallerCredentials {
    private static final Logger LOG = Logger.getLogger(CallerCredentials.class);
    private static final int LONGEST = 200;

    private final AwsCredentialsProvider provider;

    CallerCredentials(AwsCredentialsProvider provider) {
        this.provider = provider;
    }

    /**
     * Looks whether there are credentials, which blocks while the SDK fetches them; it keeps them until they expire.
     *
     * @return why there are none
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

    /** The SDK lists what each of its sources said, in some thousand characters: they are in the log at debug level. */
    static String firstSentence(String message) {
        String first = message.lines()
                .findFirst()
                .orElse("")
                .replaceFirst(" \\w+\\(.*$", "")
                .replaceFirst("[:.](\\s.*)?$", "")
                .strip();
        return first.length() <= LONGEST ? first : first.substring(0, LONGEST) + "…";
    }
}
