package io.mesosiam.sandbox.sts;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One request that was understood, whether or not it was granted.
 *
 * @param parameters as they were sent: {@code RoleArn}, {@code Tags.member.1.Key}
 * @param caller the ARN of who signed it
 */
public record StsCall(Instant at, String action, String caller, Map<String, String> parameters) {
    public StsCall {
        parameters = Map.copyOf(parameters);
    }

    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }
}
