package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	gcs "cloud.google.com/go/storage"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
)

// errNoLock says that a bucket took no notice of a lock.
var errNoLock = errors.New("storage: the bucket does not lock files: an S3 bucket needs object lock, one of Google's object retention")

// PutLocked writes a file that nobody can change or remove until the moment
// given, not even with the operator's own credentials: S3 by object lock in
// compliance mode, Google by a locked retention, on buckets for which those are
// switched on. In a folder the lock is a mark that Put and Delete obey, and
// keeps out nobody who can reach the folder by other means. A key that is
// taken is not written again; the error is ErrExists.
//
// The answer is what Stat would say. Where the bucket keeps versions, read the
// file back by its version: a delete marker can be laid over a locked file.
func (b *Bucket) PutLocked(ctx context.Context, key string, from io.Reader, until time.Time) (Object, error) {
	if !until.After(b.now()) {
		return Object{}, fmt.Errorf("storage: %s: a lock must end in the future", key)
	}
	until = until.UTC().Truncate(time.Second)
	if !valid(key) {
		return Object{}, ErrKey
	}
	if b.folder != "" {
		if err := b.mark(key, until); err != nil {
			return Object{}, err
		}
		if err := b.putMarked(ctx, key, from); err != nil {
			return Object{}, errors.Join(err, b.unlock(key))
		}
		return b.Stat(ctx, key)
	}
	if err := b.write(ctx, key, &blob.WriterOptions{IfNotExist: true, BeforeWrite: lockedUntil(until)}, copying(from)); err != nil {
		return Object{}, err
	}
	found, err := b.Stat(ctx, key)
	if err == nil && found.Locked.Before(until) {
		err = errNoLock
	}
	return found, err
}

// lockedUntil sets the lock on what is about to be written.
func lockedUntil(until time.Time) func(func(any) bool) error {
	return func(as func(any) bool) error {
		var amazon *transfermanager.UploadObjectInput
		var google *gcs.Writer
		switch {
		case as(&amazon):
			amazon.ObjectLockMode, amazon.ObjectLockRetainUntilDate = types.ObjectLockModeCompliance, &until
		case as(&google):
			google.Retention = &gcs.ObjectRetention{Mode: "Locked", RetainUntil: until}
		default:
			return errNoLock
		}
		return nil
	}
}

// ofVersion reads a version that is not the newest.
func ofVersion(version string) func(func(any) bool) error {
	return func(as func(any) bool) error {
		var amazon *s3.GetObjectInput
		var google **gcs.ObjectHandle
		switch {
		case as(&amazon):
			amazon.VersionId = &version
		case as(&google):
			generation, err := strconv.ParseInt(version, 10, 64)
			if err != nil {
				return fmt.Errorf("%w: version %q", ErrMissing, version)
			}
			*google = (*google).Generation(generation)
		default:
			return errors.New("storage: the bucket keeps no versions")
		}
		return nil
	}
}

// versionAndLock reads what the clouds say of a file beyond what they agree on.
func versionAndLock(found *blob.Attributes) (version string, locked time.Time) {
	var amazon s3.HeadObjectOutput
	var google gcs.ObjectAttrs
	switch {
	case found.As(&amazon):
		if amazon.VersionId != nil {
			version = *amazon.VersionId
		}
		if amazon.ObjectLockRetainUntilDate != nil {
			locked = *amazon.ObjectLockRetainUntilDate
		}
	case found.As(&google):
		version = strconv.FormatInt(google.Generation, 10)
		if google.Retention != nil {
			locked = google.Retention.RetainUntil
		}
		if google.RetentionExpirationTime.After(locked) {
			locked = google.RetentionExpirationTime
		}
	}
	return version, locked
}
