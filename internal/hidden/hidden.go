// Package hidden makes temporary files without a name: what they hold is personal
// data, which must not outlive the process.
package hidden

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// File creates a temporary file that nobody can open by name; it is gone when it is
// closed, however the process ends. purpose is for the error.
func File(purpose string) (*os.File, error) {
	file, err := os.CreateTemp("", "passerelle-*")
	if err != nil {
		return nil, fmt.Errorf("create a temporary file for %s: %w", purpose, err)
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(fmt.Errorf("hide the temporary file of %s: %w", purpose, err), file.Close())
	}
	return file, nil
}

// Copy puts at most most bytes of contents into such a file, and one more where there
// is one: size is above most then. The caller closes the file.
func Copy(purpose string, contents io.Reader, most int64) (file *os.File, size int64, err error) {
	if file, err = File(purpose); err != nil {
		return nil, 0, err
	}
	if size, err = io.Copy(file, io.LimitReader(contents, most+1)); err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, size, nil
}
