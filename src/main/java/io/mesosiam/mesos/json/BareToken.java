package io.mesosiam.mesos.json;

import java.nio.charset.StandardCharsets;

/** JSON tokens without quotes: numbers, {@code true}, {@code false}, {@code null} (RFC 8259, sections 3 and 6). */
final class BareToken {
    private BareToken() {}

    static boolean isValid(byte[] bytes, int from, int to) {
        byte first = bytes[from];
        return (first == '-' || isDigit(first)) ? isNumber(bytes, from, to) : isWord(bytes, from, to);
    }

    private static boolean isWord(byte[] bytes, int from, int to) {
        return switch (new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)) {
            case "true", "false", "null" -> true;
            default -> false;
        };
    }

    private static boolean isNumber(byte[] bytes, int from, int to) {
        int at = bytes[from] == '-' ? from + 1 : from;
        int digits = digitsEnd(bytes, at, to);
        if (digits == at || (bytes[at] == '0' && digits > at + 1)) {
            return false;
        }
        at = digits;
        if (at < to && bytes[at] == '.') {
            digits = digitsEnd(bytes, at + 1, to);
            if (digits == at + 1) {
                return false;
            }
            at = digits;
        }
        if (at < to && (bytes[at] == 'e' || bytes[at] == 'E')) {
            int exponent = at + 1 < to && (bytes[at + 1] == '+' || bytes[at + 1] == '-') ? at + 2 : at + 1;
            at = digitsEnd(bytes, exponent, to);
            return at > exponent && at == to && isFinite(bytes, from, to);
        }
        return at == to;
    }

    private static boolean isFinite(byte[] bytes, int from, int to) {
        return Double.isFinite(Double.parseDouble(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)));
    }

    private static int digitsEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && isDigit(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean isDigit(byte one) {
        return one >= '0' && one <= '9';
    }
}
