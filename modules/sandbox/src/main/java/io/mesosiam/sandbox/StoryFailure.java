package io.mesosiam.sandbox;

/** A step of the story had another outcome than expected. */
final class StoryFailure extends Exception {
    private static final long serialVersionUID = 1;

    StoryFailure(String what) {
        super(what);
    }
}
