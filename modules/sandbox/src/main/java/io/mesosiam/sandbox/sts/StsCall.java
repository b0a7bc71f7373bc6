package io.mesosiam.sandbox.sts;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One valid request, granted or not.
 *
 * @param parameters as they were sent: {@code RoleArn}, {@code Tags.member.1.Key}
 * @param caller the ARN of the signer
 */
public record StsCall(Instant at, String action, String caller, Map<String, String> parameters) {
    public StsCall {
        parameters = Map.copyOf(parameters);
    }

    public Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name));
    }
}
