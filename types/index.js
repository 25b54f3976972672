// Types alone: this file lets `import 'hookswitch/types'` load nothing.
