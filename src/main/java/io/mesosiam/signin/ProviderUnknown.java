package io.mesosiam.signin;

/** The provider that signs callers in has not answered yet. */
final class ProviderUnknown extends RuntimeException {
    private static final long serialVersionUID = 1;

    ProviderUnknown() {
        super("the provider that signs callers in has not answered yet", null, false, false);
    }
}
