package io.mesosiam.mesos.json;

/**
 * The length of the texts of which one element has any number: the labels of a task, the attributes of a Mesos agent. A
 * framework or a Mesos agent chooses them, and a listing may have 1 GiB. An element with more is rejected without the others.
 */
final class ElementTexts {
    static final int MAX_LENGTH = 1024 * 1024;

    /** What a text costs beside its characters. */
    private static final int EACH = 32;

    private final String what;
    private int length;

    /** @param what they are, in the plural */
    ElementTexts(String what) {
        this.what = what;
    }

    /** {@return whether these texts may be kept; if not, {@link #check} fails from now on} */
    boolean add(String... texts) {
        for (String text : texts) {
            length = Math.min(MAX_LENGTH + 1, length + text.length() + EACH);
        }
        return length <= MAX_LENGTH;
    }

    /** @throws IllegalArgumentException if they are too long together */
    void check() {
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException(what + " have more than " + MAX_LENGTH + " characters");
        }
    }
}
