package io.mesosiam.policy;

/**
 * A pattern for a whole text: {@code *} stands for any characters or none, {@code ?} for one character, every other for
 * itself. There is no escape.
 *
 * <p>Matching looks at each character of the text at most once for each of the pattern, whatever the two are: only the
 * last {@code *} passed is ever widened, since an earlier one could only move the same rest further along.
 */
public record Glob(String pattern) {
    public Glob {
        if (pattern.isEmpty()) {
            throw new IllegalArgumentException("pattern must not be empty");
        }
    }

    public boolean matches(String text) {
        int star = -1;
        int retry = 0;
        int p = 0;
        int t = 0;
        while (t < text.length()) {
            char wanted = p < pattern.length() ? pattern.charAt(p) : '\0';
            if (wanted == '*') {
                star = p++;
                retry = t;
            } else if (wanted == '?') {
                p++;
                t += Character.charCount(text.codePointAt(t));
            } else if (p < pattern.length() && wanted == text.charAt(t)) {
                p++;
                t++;
            } else if (star >= 0) {
                p = star + 1;
                t = ++retry;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    @Override
    public String toString() {
        return pattern;
    }
}
