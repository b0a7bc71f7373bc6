package io.mesosiam.mesos.json;

/**
 * The length of the texts of which one element has any number: the labels of a task, the attributes of a Mesos agent. A
 * framework or a Mesos agent chooses them, and a listing may have 1 GiB.
 */
final class ElementTexts {
    /** What a text costs beside its characters. */
    private static final int EACH = 64;

    private final int longest;
    private int length;

    /** @param longest how many characters all texts may have, with 64 for each text */
    ElementTexts(int longest) {
        this.longest = longest;
    }

    /** {@return whether these texts fit; if they don't, no others do} */
    boolean add(String... texts) {
        for (String text : texts) {
            length = Math.min(longest + 1, length + text.length() + EACH);
        }
        return fit();
    }

    /** Whether all texts fit. */
    boolean fit() {
        return length <= longest;
    }
}
