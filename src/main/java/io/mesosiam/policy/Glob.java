package io.mesosiam.policy;

/**
 * A pattern for a complete text: {@code *} matches any number of characters, {@code ?} matches one character, every
 * other character matches itself. There is no escape character.
 *
 * <p>Matching takes at most (length of text) × (length of pattern) steps: it only extends the last {@code *} that was
 * passed, because extending an earlier one can't lead to another result.
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
