package io.mesosiam.agent.config;

import java.util.List;

/** Wrong settings, one line each: the variable, its value, and what it must be. */
public final class WrongSettings extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> lines;

    public WrongSettings(List<String> lines) {
        super(String.join("; ", lines));
        this.lines = List.copyOf(lines);
    }

    public List<String> lines() {
        return lines;
    }
}
