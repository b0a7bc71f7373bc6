package io.mesosiam.enrol.authority;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a host in its certificates: a DNS name in lower case without a dot at its end, or an IP address.
 *
 * @param text an address in the form that Java prints
 */
public record HostName(String text, boolean isAddress) {
    private static final int LONGEST = 253;
    private static final Pattern DNS =
            Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");

    /** Empty if the text is neither a DNS name nor an address. */
    public static Optional<HostName> of(String text) {
        if (text.length() > LONGEST + 1) {
            return Optional.empty();
        }
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            // a scope names an interface of one host; Java takes an IPv4 address of fewer than four numbers, too
            return text.contains("%") || (text.indexOf(':') < 0 && !text.matches("\\d+(\\.\\d+){3}"))
                    ? Optional.empty()
                    : Optional.of(new HostName(address.getHostAddress(), true));
        } catch (IllegalArgumentException e) {
            String lower = text.toLowerCase(Locale.ROOT);
            String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
            // a name that ends in a number could be taken for an address
            return name.length() <= LONGEST && DNS.matcher(name).matches() && !name.matches("(.*\\.)?[0-9]+")
                    ? Optional.of(new HostName(name, false))
                    : Optional.empty();
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
