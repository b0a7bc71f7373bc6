package io.mesosiam.sts;

import io.mesosiam.clock.Peer;
import io.mesosiam.clock.PeerClocks;
import io.mesosiam.lease.Session;
import io.mesosiam.lease.SessionIdentity;
import io.mesosiam.lease.SessionSource.SessionOutcome;
import io.mesosiam.secret.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.PolicyDescriptorType;
import software.amazon.awssdk.services.sts.model.Tag;

/** One AssumeRole call: converts an identity to the request, and the response to a session. */
final class AssumeRoleCall {
    /** Printable ASCII that needs no escaping in a JSON document. */
    private static final Pattern MATERIAL = Pattern.compile("[\\x21-\\x7e&&[^\"\\\\]]{1,33000}");

    private final PeerClocks clocks;
    private final StsFailures failures;

    AssumeRoleCall(PeerClocks clocks, StsFailures failures) {
        this.clocks = clocks;
        this.failures = failures;
    }

    /**
     * Sends the request.
     *
     * @param dropped keys of tags that are left out
     * @param hub the session that signs the request; empty for the controller's own credentials
     * @throws RuntimeException the SDK's exception, if STS gave no response or an error
     */
    SessionOutcome send(
            StsClient sts, SessionIdentity identity, List<String> dropped, Optional<AwsCredentialsProvider> hub) {
        try {
            AssumeRoleResponse answer = sts.assumeRole(request(identity, dropped, hub));
            observe(answer.sdkHttpResponse());
            return session(answer.credentials());
        } catch (AwsServiceException refused) {
            AwsErrorDetails details = refused.awsErrorDetails();
            observe(details == null ? null : details.sdkHttpResponse());
            throw refused;
        }
    }

    private void observe(@Nullable SdkHttpResponse answer) {
        if (answer != null) {
            answer.firstMatchingHeader("Date").ifPresent(date -> clocks.observeDate(Peer.STS, date));
        }
    }

    private static AssumeRoleRequest request(
            SessionIdentity identity, List<String> dropped, Optional<AwsCredentialsProvider> hub) {
        AssumeRoleRequest.Builder request = AssumeRoleRequest.builder()
                .roleArn(identity.role().arn())
                .roleSessionName(identity.sessionName())
                .durationSeconds(Math.toIntExact(identity.length().toSeconds()));
        identity.sessionPolicy().ifPresent(request::policy);
        identity.sourceIdentity().ifPresent(request::sourceIdentity);
        identity.externalId().ifPresent(request::externalId);
        if (!identity.sessionPolicyArns().isEmpty()) {
            request.policyArns(policyArns(identity.sessionPolicyArns()));
        }
        NavigableMap<String, String> tags = new TreeMap<>(identity.tags());
        tags.keySet().removeAll(dropped);
        if (!tags.isEmpty()) {
            request.tags(tags(tags));
        }
        List<String> transitive =
                identity.transitiveTags().stream().filter(tags::containsKey).toList();
        if (!transitive.isEmpty()) {
            request.transitiveTagKeys(transitive);
        }
        hub.ifPresent(signer -> request.overrideConfiguration(call -> call.credentialsProvider(signer)));
        return request.build();
    }

    private static List<PolicyDescriptorType> policyArns(List<String> arns) {
        return arns.stream()
                .map(arn -> PolicyDescriptorType.builder().arn(arn).build())
                .toList();
    }

    private static List<Tag> tags(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag ->
                        Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
                .toList();
    }

    private SessionOutcome session(@Nullable Credentials given) {
        if (given == null) {
            return failures.unusable("it has no credentials");
        }
        String id = given.accessKeyId();
        String key = given.secretAccessKey();
        String token = given.sessionToken();
        Instant expiration = given.expiration();
        if (isBlank(id) || isBlank(key) || isBlank(token)) {
            return failures.unusable("its key id, key or token is missing");
        }
        if (!MATERIAL.matcher(id + key + token).matches()) {
            return failures.unusable("its key id, key or token is not what agents can pass on");
        }
        if (expiration == null) {
            return failures.unusable("it has no expiration");
        }
        if (!expiration.isAfter(clocks.instant())) {
            return failures.unusable("it expired at " + expiration + "; is this machine's clock correct?");
        }
        return new SessionOutcome.Issued(new Session(id, Secret.of(key), Secret.of(token), expiration));
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isBlank();
    }
}
