package io.mesosiam.agent.hostrole;

import static org.assertj.core.api.Assertions.assertThat;

import io.mesosiam.secret.Secret;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.signer.Aws4Signer;
import software.amazon.awssdk.auth.signer.params.Aws4SignerParams;
import software.amazon.awssdk.http.SdkHttpFullRequest;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.regions.Region;

/** The signature against that of the official SDK. */
class SignedPostTest {
    private static final String KEYS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static final String SECRETS = KEYS + "abcdefghijklmnopqrstuvwxyz+/=";
    private static final String FORMS = SECRETS + "%&-_.*";
    private static final String REGIONS = "abcdefghijklmnopqrstuvwxyz-0123456789";

    private final SplittableRandom random = new SplittableRandom(71);

    @Test
    void signatureIsThatOfTheSdkForRandomRequests() {
        for (int i = 0; i < 1000; i++) {
            String key = text(KEYS, 16, 128);
            String secret = text(SECRETS, 1, 200);
            String token = text(SECRETS, 1, 2000);
            String region = text(REGIONS, 1, 20);
            String body = text(FORMS, 0, 3000);
            String host = random.nextBoolean() ? "sts.example.com" : "127.0.0.1:" + random.nextInt(1024, 65_536);
            Instant at = Instant.ofEpochSecond(random.nextLong(0, 4_000_000_000L), random.nextInt(1_000_000_000));

            Map<String, String> headers = new SignedPost(host, region, body, at)
                    .headers(new HostCredentials(key, Secret.of(secret), Secret.of(token)));

            assertThat(headers)
                    .as("request %d", i)
                    .isEqualTo(signedBySdk(
                            AwsSessionCredentials.create(key, secret, token), "http://" + host, region, body, at));
        }
    }

    /** Its successor signs one more header, the hash of the body. */
    @SuppressWarnings("deprecation")
    private static Map<String, String> signedBySdk(
            AwsSessionCredentials credentials, String endpoint, String region, String body, Instant at) {
        SdkHttpFullRequest signed = Aws4Signer.create()
                .sign(
                        SdkHttpFullRequest.builder()
                                .method(SdkHttpMethod.POST)
                                .uri(URI.create(endpoint + "/"))
                                .putHeader("Content-Type", SignedPost.CONTENT_TYPE)
                                .contentStreamProvider(
                                        () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)))
                                .build(),
                        Aws4SignerParams.builder()
                                .awsCredentials(credentials)
                                .signingName("sts")
                                .signingRegion(Region.of(region))
                                .signingClockOverride(Clock.fixed(at, ZoneOffset.UTC))
                                .build());
        return signed.headers().entrySet().stream()
                .filter(header -> !header.getKey().equals("Host"))
                .collect(Collectors.toMap(Map.Entry::getKey, header -> String.join(",", header.getValue())));
    }

    private String text(String characters, int least, int most) {
        return random.ints(random.nextInt(least, most + 1), 0, characters.length())
                .mapToObj(i -> characters.substring(i, i + 1))
                .collect(Collectors.joining());
    }
}
