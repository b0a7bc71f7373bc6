package io.mesosiam.sandbox.sts;

import com.sun.net.httpserver.Headers;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A request with AWS Signature Version 4, and the check of its signature (IAM user guide, Create a signed AWS API
 * request). So a caller is identified only if it has the secret, not only an access key id.
 */
final class SignedRequest {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final Pattern AUTHORIZATION = Pattern.compile(ALGORITHM
            + " Credential=(?<key>\\w+)/(?<date>\\d{8})/(?<region>[\\w-]+)/(?<service>\\w+)/aws4_request,"
            + " ?SignedHeaders=(?<headers>[\\w;-]+), ?Signature=(?<signature>[0-9a-f]{64})");

    private final String method;
    private final URI uri;
    private final Headers headers;
    private final String bodyHash;
    private final Matcher authorization;

    private SignedRequest(String method, URI uri, Headers headers, String bodyHash, Matcher authorization) {
        this.method = method;
        this.uri = uri;
        this.headers = headers;
        this.bodyHash = bodyHash;
        this.authorization = authorization;
    }

    static SignedRequest of(String method, URI uri, Headers headers, byte[] body) throws StsError {
        String authorization = Optional.ofNullable(headers.getFirst("Authorization"))
                .orElseThrow(() ->
                        new StsError(403, "MissingAuthenticationToken", "Request is missing Authentication Token"));
        Matcher parts = AUTHORIZATION.matcher(authorization);
        if (!parts.matches()) {
            throw new StsError(400, "IncompleteSignature", "Authorization is not of the expected form");
        }
        return new SignedRequest(method, uri, headers, sha256(body), parts);
    }

    String accessKeyId() {
        return authorization.group("key");
    }

    Optional<String> token() {
        return Optional.ofNullable(headers.getFirst("X-Amz-Security-Token"));
    }

    boolean signedWith(String secret) {
        String expected = HexFormat.of().formatHex(hmac(signingKey(secret), stringToSign()));
        return MessageDigest.isEqual(bytes(expected), bytes(authorization.group("signature")));
    }

    private String stringToSign() {
        return String.join(
                "\n",
                ALGORITHM,
                header("X-Amz-Date"),
                String.join(
                        "/",
                        authorization.group("date"),
                        authorization.group("region"),
                        authorization.group("service"),
                        "aws4_request"),
                sha256(bytes(canonical())));
    }

    private String canonical() {
        List<String> signed = List.of(authorization.group("headers").split(";", -1));
        String lines =
                signed.stream().map(name -> name + ":" + header(name) + "\n").collect(Collectors.joining());
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = Optional.ofNullable(uri.getRawQuery())
                .map(raw -> Arrays.stream(raw.split("&", -1)).sorted().collect(Collectors.joining("&")))
                .orElse("");
        return String.join("\n", method, path, query, lines, authorization.group("headers"), bodyHash);
    }

    private String header(String name) {
        List<String> values = Optional.ofNullable(headers.get(name)).orElse(List.of());
        return values.stream().map(value -> value.strip().replaceAll(" +", " ")).collect(Collectors.joining(","));
    }

    private byte[] signingKey(String secret) {
        byte[] date = hmac(bytes("AWS4" + secret), authorization.group("date"));
        byte[] region = hmac(date, authorization.group("region"));
        byte[] service = hmac(region, authorization.group("service"));
        return hmac(service, "aws4_request");
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(bytes(text));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has HmacSHA256", impossible);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
