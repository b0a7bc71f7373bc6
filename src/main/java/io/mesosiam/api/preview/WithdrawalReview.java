package io.mesosiam.api.preview;

import io.mesosiam.admin.withdrawal.EndReview;
import io.mesosiam.api.Parameters;
import io.mesosiam.api.Problem;
import io.mesosiam.api.ProblemCode;
import io.mesosiam.api.ProblemException;
import io.mesosiam.preview.live.LivePreview;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;

/** Counts what withdrawals end before they are committed. */
@Singleton
public final class WithdrawalReview {
    private final LivePreview preview;

    @Inject
    WithdrawalReview(LivePreview preview) {
        this.preview = preview;
    }

    /** The review of one request's withdrawal; reports its parameters that are not valid. */
    public Request request(WriteOptions options, Parameters parameters) {
        return new Request(options.dry(parameters), options.confirmed(parameters));
    }

    /** The review of one request's withdrawal. */
    public final class Request implements EndReview {
        private final boolean dry;
        private final OptionalLong confirmed;
        private final AtomicReference<Optional<Preview>> shown = new AtomicReference<>(Optional.empty());
        private final AtomicReference<Optional<EndReview.Ended>> ended = new AtomicReference<>(Optional.empty());

        private Request(boolean dry, OptionalLong confirmed) {
            this.dry = dry;
            this.confirmed = confirmed;
        }

        /** What a request that stores nothing would end; empty before the review, and if the request is stored. */
        public Optional<Preview> preview() {
            return shown.get();
        }

        /** What it ends; empty before the review. */
        public Optional<EndReview.Ended> ended() {
            return ended.get();
        }

        /** @return fails with a {@link ProblemException} if too many leases would end */
        @Override
        public boolean commits(Ended found) {
            ended.set(Optional.of(found));
            Optional<String> objection = found.exempt()
                    ? Optional.empty()
                    : preview.objection(found.leases(), found.live(), confirmed(found.leases()));
            if (dry) {
                shown.set(Optional.of(new Preview(found, objection)));
                return false;
            }
            objection.ifPresent(why -> {
                throw new ProblemException(
                        ProblemCode.BLAST_RADIUS,
                        why,
                        new Problem.Extras(List.of(), Optional.empty(), OptionalLong.of(found.leases())));
            });
            return true;
        }

        /** A larger number confirms too: in an emergency the exact one is not known, and changes. */
        private OptionalLong confirmed(long ends) {
            return confirmed.isPresent() && confirmed.getAsLong() > ends ? OptionalLong.of(ends) : confirmed;
        }
    }

    /**
     * What a withdrawal would end.
     *
     * @param objection why it needs a confirmation; empty if it may be made
     */
    public record Preview(EndReview.Ended ended, Optional<String> objection) {}
}
