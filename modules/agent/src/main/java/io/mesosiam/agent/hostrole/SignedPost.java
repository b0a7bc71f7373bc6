package io.mesosiam.agent.hostrole;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A POST of a form to {@code /} of STS, and its Signature Version 4:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @param host as the header Host has it
 * @param region the region of that STS
 */
record SignedPost(String host, String region, String body, Instant at) {
    static final String CONTENT_TYPE = "application/x-www-form-urlencoded; charset=utf-8";

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String HMAC = "HmacSHA256";
    private static final String SIGNED_HEADERS = "content-type;host;x-amz-date;x-amz-security-token";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final int DATE_LENGTH = 8;

    /** The headers of the request beside Host. They contain the session token. */
    Map<String, String> headers(HostCredentials credentials) {
        String time = TIME.format(at);
        String token = new String(credentials.token().reveal(), UTF_8);
        String canonical = "POST\n/\n\ncontent-type:" + CONTENT_TYPE + "\nhost:" + host + "\nx-amz-date:" + time
                + "\nx-amz-security-token:" + token + "\n\n" + SIGNED_HEADERS + "\n" + hash(body);
        String scope = time.substring(0, DATE_LENGTH) + "/" + region + "/sts/aws4_request";
        String text = ALGORITHM + "\n" + time + "\n" + scope + "\n" + hash(canonical);
        String signature = HexFormat.of().formatHex(signature(credentials, scope, text));
        return Map.of(
                "Content-Type",
                CONTENT_TYPE,
                "X-Amz-Date",
                time,
                "X-Amz-Security-Token",
                token,
                "Authorization",
                ALGORITHM + " Credential=" + credentials.accessKeyId() + "/" + scope + ", SignedHeaders="
                        + SIGNED_HEADERS + ", Signature=" + signature);
    }

    private static byte[] signature(HostCredentials credentials, String scope, String text) {
        byte[] secret = credentials.secretAccessKey().reveal();
        byte[] prefix = "AWS4".getBytes(UTF_8);
        byte[] key = Arrays.copyOf(prefix, prefix.length + secret.length);
        System.arraycopy(secret, 0, key, prefix.length, secret.length);
        for (String part : scope.split("/", -1)) {
            byte[] next = hmac(key, part);
            Arrays.fill(key, (byte) 0);
            key = next;
        }
        return hmac(key, text);
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no " + HMAC, e);
        }
    }

    private static String hash(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no SHA-256", e);
        }
    }
}
