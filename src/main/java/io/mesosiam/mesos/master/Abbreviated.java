package io.mesosiam.mesos.master;

/** Makes a short text without control characters of an external text, for log lines and messages. */
final class Abbreviated {
    private static final int MAX_LENGTH = 120;

    private Abbreviated() {}

    static String of(Object text) {
        String all = text.toString();
        String start = all.length() <= MAX_LENGTH ? all : all.substring(0, MAX_LENGTH) + "…";
        return start.replaceAll("\\p{Cntrl}+", " ").strip();
    }
}
