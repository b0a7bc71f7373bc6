package io.mesosiam.channel;

import java.util.Set;

/** Codes with which agents reject a message. Agents choose the text, so metrics use a label only for known codes. */
final class NackCode {
    private static final String OTHER = "other";
    static final Set<String> LABELS = Set.of("ContainerEnded", "SessionExpired", "SessionMissing", OTHER);

    private NackCode() {}

    static String label(String code) {
        return LABELS.contains(code) ? code : OTHER;
    }
}
